import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lstat, rename, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface AllowListProxy {
  /** What was asked for and not allowed, for people. */
  readonly refused: ReadonlySet<string>;
  close(): Promise<void>;
}

/**
 * The only way out of a sandbox that has no network: an HTTP proxy on a Unix socket, which connects to the named hosts
 * and to no other. A name may begin with `*.` for all its subdomains, and end with a port; without one, 80 and 443 are
 * meant. Names are compared as they are asked for, so an address passes only where the list has that address. What
 * goes through a tunnel is not looked into. A later proxy at the same path takes the place of an earlier one. The folder
 * of the socket must be one that nobody else writes to.
 */
export async function openAllowListProxy(socketPath: string, hosts: readonly string[]): Promise<AllowListProxy> {
  // Node removes the path it listens at when it closes, which by then may be another proxy's.
  const ownPath = `${socketPath}.${randomBytes(4).toString('hex')}`;
  const refused = new Set<string>();
  const isAllowed = (target: URL): boolean => {
    const allowed = hosts.some((host) => matches(host, target));
    if (!allowed) refused.add(target.host);
    return allowed;
  };
  const server = createServer((request, response) => forward(request, response, isAllowed));
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) =>
    tunnel({ request, client, head }, isAllowed),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(ownPath, resolve);
  });
  await chmod(ownPath, 0o666); // The sandbox has a user of its own.
  const { ino } = await lstat(ownPath);
  await rename(ownPath, socketPath);
  return {
    refused,
    close: async () => {
      if (existsSync(socketPath) && (await lstat(socketPath)).ino === ino) await rm(socketPath, { force: true });
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function matches(allowed: string, target: URL): boolean {
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(allowed.toLowerCase()) ?? [];
  const isName = name.startsWith('*.') ? target.hostname.endsWith(name.slice(1)) : target.hostname === name;
  return isName && (port === undefined ? ['80', '443'] : [port]).includes(portOf(target));
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** `GET http://name/path`: plain HTTP. */
function forward(request: IncomingMessage, response: ServerResponse, isAllowed: (target: URL) => boolean): void {
  const target = parseUrl(request.url ?? '');
  if (target === null || target.protocol !== 'http:' || !isAllowed(target)) {
    response.writeHead(403).end('This host is not on the allow-list.\n');
    return;
  }
  const { method, headers } = request;
  const onward = httpRequest(target, { method: method ?? 'GET', headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

/** `CONNECT name:443`: everything else, above all TLS. */
function tunnel(
  { request, client, head }: { request: IncomingMessage; client: Duplex; head: Buffer },
  isAllowed: (target: URL) => boolean,
): void {
  const target = parseUrl(`https://${request.url ?? ''}`);
  if (target === null || !isAllowed(target)) {
    client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    return;
  }
  const onward: Socket = connect(Number(portOf(target)), target.hostname, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    onward.write(head);
    onward.pipe(client);
    client.pipe(onward);
  });
  onward.on('error', () => client.destroy());
  client.on('error', () => onward.destroy());
}
