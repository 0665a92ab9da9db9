import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { openWebhook } from '../../activities/adapters/webhook.ts';
import { notify } from '../../activities/notify.ts';
import type { Notice } from '../../workflows/domain/notice.ts';
import { openReceiver } from '../support/webhook-receiver.ts';

const notice: Notice = {
  id: 'digits-waiting-plan-1',
  event: 'waiting',
  experiment: 'digits',
  title: 'Digits',
  at: '2026-11-29T03:00:00.000Z',
  text: 'The plan waits for a person.',
  decision: { id: 'plan-1', choices: ['approve', 'revise', 'stop'] },
  verdict: null,
  best: { trial: 7, mean: 2.5 },
  metric: 'val_error',
};

describe('notify', () => {
  const receiver = openReceiver();

  it('posts the event with its time and its data, under the id of the notice', async () => {
    const webhook = openWebhook({ url: receiver.url(), secret: `whsec_${randomBytes(32).toString('base64')}` });
    assert.deepEqual(await notify({ webhook }, notice), { kind: 'delivered', status: 204 });
    const [{ headers, text } = receiver.nothing] = receiver.received();
    const { id, event: _event, at, ...data } = notice;
    assert.equal(headers['webhook-id'], id);
    assert.deepEqual(JSON.parse(text), { type: 'experiment.waiting', timestamp: at, data });
  });

  it('does nothing where there is no webhook', async () => {
    assert.deepEqual(await notify({ webhook: null }, notice), { kind: 'notConfigured' });
  });
});
