import assert from 'node:assert/strict';
import { aRequestOn, replyTo } from '../support/language-model-requests.ts';
import { aStream, chunk, events, someUsage } from '../support/model-answers.ts';

const done = '[DONE]';

/** A chunk as some gateways send each of them: with a finish reason and the usage so far. */
const stamped = (content: string) => ({ ...chunk({ content }, 'stop'), usage: someUsage });
const usageOnly = { ...chunk({}), choices: [], usage: someUsage };

describe('the end of a reply', () => {
  for (const [what, last] of Object.entries({ 'said that it is done': [done], 'counted the tokens': [] })) {
    it(`is complete although a server that has ${what} leaves the connection open`, async () => {
      const answer = events([chunk({ content: 'A plan.' }), chunk({}, 'stop'), usageOnly, ...last], 'stall');
      const { ending, text, usage } = await replyTo(answer);
      assert.deepEqual([ending, text, usage.isEstimated], ['complete', 'A plan.', false]);
    });
  }

  it('is whole although the server ends and counts it with each chunk', async () => {
    const { ending, text } = await replyTo(events([stamped('first '), stamped('second'), done]));
    assert.deepEqual({ ending, text }, { ending: 'complete', text: 'first second' });
  });

  it('is whole although the server ends it before its first token', async () => {
    const answer = events([stamped(''), stamped('A '), stamped('plan.')]);
    assert.equal((await replyTo(answer)).text, 'A plan.');
  });

  for (const nothing of ['', ' ', null]) {
    it(`is known although ${JSON.stringify(nothing)} comes after its finish reason`, async () => {
      const answer = events([chunk({ content: 'A plan.' }), chunk({}, 'stop'), chunk({}, nothing), usageOnly, done]);
      assert.equal((await replyTo(answer)).ending, 'complete');
    });
  }

  const endings = {
    complete: ['stop', 'STOP', 'end_turn', 'eos', 'eos_token', 'stop_sequence', 'completed'],
    cut: ['length', 'max_tokens', 'MAX_TOKENS', 'max_output_tokens'],
    refused: ['content_filter', 'SAFETY', 'safety', 'blocked', 'RECITATION'],
  };
  for (const [ending, reasons] of Object.entries(endings)) {
    for (const finishReason of reasons) {
      it(`is ${ending} where its finish reason is ${finishReason}`, async () => {
        assert.equal((await replyTo(aStream('A plan.', { finishReason }))).ending, ending);
      });
    }
  }

  it('is the call of a tool where its finish reason is tool_use', async () => {
    const call = { index: 0, function: { arguments: '{"finding": "x"}' } };
    const answer = events([chunk({ tool_calls: [call] }), chunk({}, 'tool_use'), done]);
    assert.equal((await replyTo(answer, { request: aRequestOn('toolCall') })).ending, 'complete');
  });
});
