import { once } from 'node:events';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Transform, pipeline } from 'node:stream';
import { ReadableStream } from 'node:stream/web';

/** An answer without streaming is at most as long as this, and an event of a stream too. */
const mostBytes = 16 * 1024 * 1024;
const newline = 0x0a;

/**
 * `fetch`, but as patient as its caller: Node's own gives up after five minutes without headers or without a part of
 * the body, and a slow local model needs longer than that. It follows no redirection, so that a key goes nowhere else,
 * sends no user and password that stand in the URL, and takes only texts as a body.
 */
export async function patientFetch(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const target = new URL(url instanceof Request ? url.url : url);
  target.username = '';
  target.password = '';
  const send = target.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = { ...Object.fromEntries(new Headers(init.headers)), 'accept-encoding': 'identity' };
  const signal = init.signal == null ? {} : { signal: init.signal };
  const request = send(target, { method: init.method ?? 'GET', headers, ...signal });
  request.on('error', () => undefined); // Before the answer it is thrown here; after that it is the body that breaks.
  request.end(typeof init.body === 'string' ? init.body : '');
  const [incoming] = (await once(request, 'response')) as [IncomingMessage];
  return toResponse(incoming);
}

/** https://fetch.spec.whatwg.org/#null-body-status */
const bodilessStatuses = [204, 205, 304];

function toResponse(incoming: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const status = incoming.statusCode ?? 0;
  if (bodilessStatuses.includes(status)) {
    incoming.resume();
    return new Response(null, { status, headers });
  }
  const body = pipeline(incoming, bounded(headers), () => undefined); // Whoever reads the body is told of its error.
  return new Response(ReadableStream.from(body), { status, headers });
}

/** A server gone mad must not fill the memory of the worker: an event ends with its line. */
function bounded(headers: Headers): Transform {
  const isStream = isEventStream(headers);
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      const lineEnd = isStream ? chunk.lastIndexOf(newline) : -1;
      bytes = lineEnd === -1 ? bytes + chunk.length : chunk.length - lineEnd;
      if (bytes > mostBytes) pass(new Error(`The answer is longer than ${mostBytes} bytes.`));
      else pass(null, chunk);
    },
  });
}

export function isEventStream(headers: Headers): boolean {
  return headers.get('content-type')?.toLowerCase().startsWith('text/event-stream') === true;
}
