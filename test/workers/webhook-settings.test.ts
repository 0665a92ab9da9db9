import assert from 'node:assert/strict';
import { createRedactor } from '../../activities/language-model/redactor.ts';
import { secretsOfWebhook } from '../../workers/webhook-settings.ts';

describe('the secrets of the webhook', () => {
  it('are its address, the token that is its user, and the key with or without its prefix', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const settings = { url: 'https://token-of-ours@example.com/hook', secret: `whsec_${key}` };
    const redactor = createRedactor(secretsOfWebhook(settings));
    assert.equal(redactor.redact(`${settings.url} token-of-ours ${key}`), '[redacted] [redacted] [redacted]');
    assert.equal(redactor.redact(settings.secret).includes(key), false);
  });

  it('are none where there is no webhook', () => {
    assert.deepEqual(secretsOfWebhook(null), []);
  });
});
