import { createHmac } from 'node:crypto';
import { unescape } from 'node:querystring';
import { ApplicationFailure } from '@temporalio/activity';
import { failureType } from '../../workflows/domain/failure-type.ts';

export interface WebhookSettings {
  /** http or https; a user and password in it are sent as basic authentication. */
  url: string;
  /** `whsec_` and the key in base64. */
  secret: string;
}

/** Where people have themselves told of events, by one signed POST each. */
export interface Webhook {
  /**
   * Sends the JSON text as it is; returns the status, which is 2xx. `id` is the same each time that the same thing is
   * told. Throws `Notification.Undelivered` for what another try may mend, and else `Notification.Refused`.
   */
  post(id: string, body: string): Promise<number>;
}

/** What a secret begins with; the rest is the key. */
export const secretPrefix = 'whsec_';

/**
 * Signs after the Standard Webhooks specification, version 1.0.0 (HMAC-SHA-256). A failure names the host alone: paths
 * of such addresses are secrets often enough.
 *
 * Not covered: proxies that environment variables name, two keys at once, asymmetric signatures.
 */
export function openWebhook({ url, secret }: WebhookSettings, patienceMilliseconds = 10_000): Webhook {
  const { address, authorization } = withoutCredentials(url);
  const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
  return {
    async post(id, body) {
      const headers = { ...signedHeaders(key, id, body), ...authorization, 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(patienceMilliseconds);
      const status = await send(address, { method: 'POST', headers, body, signal });
      if (status < 200 || status > 299) throw refusal(address.host, status);
      return status;
    },
  };
}

/** `fetch` takes no address with them. */
function withoutCredentials(url: string): { address: URL; authorization: Record<string, string> } {
  const address = new URL(url);
  const { username, password } = address;
  [address.username, address.password] = ['', ''];
  if (username === '' && password === '') return { address, authorization: {} };
  const pair = `${unescape(username)}:${unescape(password)}`;
  return { address, authorization: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

function signedHeaders(key: Buffer, id: string, body: string): Record<string, string> {
  // The parts of what is signed are told apart by full stops, which people may have in the ids of experiments.
  const messageId = encodeURIComponent(id).replaceAll('.', '%2E');
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`${messageId}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': messageId, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** The status. Nothing of the reply's body is read, and no redirect is followed. */
async function send(address: URL, request: RequestInit): Promise<number> {
  try {
    const response = await fetch(address, { ...request, redirect: 'manual' });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    throw ApplicationFailure.create({
      type: failureType.notificationUndelivered,
      message: `The webhook at ${address.host} cannot be reached: ${reasonOf(error)}.`,
    });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it has not answered in time';
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}

/** A proxy, a deployment or a change of the secret may be at work on the other side: a day is time enough for those. */
const passingStatus = [401, 403, 404, 408, 429];

function refusal(host: string, status: number): ApplicationFailure {
  const isPassing = passingStatus.includes(status) || status >= 500;
  const mend = status >= 300 && status < 400 ? ': redirects are not followed, so name the address itself' : '';
  return ApplicationFailure.create({
    type: isPassing ? failureType.notificationUndelivered : failureType.notificationRefused,
    message: `The webhook at ${host} answered with status ${status}${mend}.`,
    nonRetryable: !isPassing,
  });
}
