import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { openWebhook } from '../../activities/adapters/webhook.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { failureOf } from '../support/failures.ts';
import { openReceiver } from '../support/webhook-receiver.ts';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const body = '{"type":"experiment.finished","data":{"title":"Größer"}}';

/** On which nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the webhook', () => {
  const receiver = openReceiver();

  const post = async (id = 'digits-finished') => await openWebhook({ url: receiver.url(), secret }).post(id, body);

  it('is told by a POST that a receiver of Standard Webhooks can verify', async () => {
    assert.equal(await post(), 204);
    const [{ method, headers, text } = receiver.nothing] = receiver.received();
    assert.deepEqual([method, headers['content-type'], text], ['POST', 'application/json', body]);
    assert.deepEqual(new Webhook(secret).verify(text, headers), JSON.parse(body));
  });

  it('is told the same id each time, and the time of each try', async () => {
    await post();
    await post();
    const [first = receiver.nothing, second = receiver.nothing] = receiver.received();
    assert.equal(first.headers['webhook-id'], 'digits-finished');
    assert.equal(second.headers['webhook-id'], 'digits-finished');
    assert.ok(Math.abs(Number(second.headers['webhook-timestamp']) - Date.now() / 1000) < 60);
  });

  it('is told an id without full stops, which tell apart what is signed', async () => {
    await post('v1.2 ü-finished');
    const [{ headers, text } = receiver.nothing] = receiver.received();
    assert.equal(headers['webhook-id'], 'v1%2E2%20%C3%BC-finished');
    new Webhook(secret).verify(text, headers);
  });

  it('takes a receiver’s user and password as basic authentication', async () => {
    const address = receiver.url().replace('://', '://ada:p%40ss@');
    await openWebhook({ url: address, secret }).post('id', body);
    const [{ headers } = receiver.nothing] = receiver.received();
    assert.equal(headers['authorization'], `Basic ${Buffer.from('ada:p@ss').toString('base64')}`);
  });

  for (const status of [408, 429, 500, 503]) {
    it(`is told again after the status ${status}`, async () => {
      receiver.answer(status);
      const { type, nonRetryable } = await failureOf(post());
      assert.deepEqual([type, nonRetryable], [failureType.notificationUndelivered, false]);
    });
  }

  for (const status of [400, 405, 410, 413]) {
    it(`is not told again after the status ${status}`, async () => {
      receiver.answer(status);
      const { type, nonRetryable, message } = await failureOf(post());
      assert.deepEqual([type, nonRetryable], [failureType.notificationRefused, true]);
      assert.match(message, new RegExp(`^The webhook at 127\\.0\\.0\\.1:\\d+ answered with status ${status}\\.$`));
    });
  }

  it('is never followed to where it redirects', async () => {
    receiver.answer(307, { location: `${receiver.url()}/elsewhere` });
    const { type, message } = await failureOf(post());
    assert.equal(type, failureType.notificationRefused);
    assert.match(message, /redirects are not followed/);
    assert.equal(receiver.received().length, 1);
  });

  it('is not waited for without end', async () => {
    receiver.answer('nothing');
    const impatient = openWebhook({ url: receiver.url(), secret }, 100);
    const { type, nonRetryable, message } = await failureOf(impatient.post('id', body));
    assert.deepEqual([type, nonRetryable], [failureType.notificationUndelivered, false]);
    assert.match(message, /it has not answered in time/);
  });

  it('that answers without end is not read', async () => {
    receiver.answer('endless');
    assert.equal(await post(), 200);
  });

  it('that cannot be reached is told again, and the failure has neither the path nor a secret in it', async () => {
    const port = await closedPort();
    const url = `http://somebody:password-1@127.0.0.1:${port}/path-of-its-own?token=token-1`;
    const failure = await failureOf(openWebhook({ url, secret }).post('id', body));
    assert.deepEqual([failure.type, failure.nonRetryable], [failureType.notificationUndelivered, false]);
    const text = `${failure.message} ${failure.stack} ${JSON.stringify(failure)}`;
    assert.match(failure.message, /^The webhook at 127\.0\.0\.1:\d+ cannot be reached: ECONNREFUSED\.$/);
    for (const word of ['password-1', 'somebody', 'path-of-its-own', 'token-1', secret]) {
      assert.equal(text.includes(word), false, word);
    }
  });
});
