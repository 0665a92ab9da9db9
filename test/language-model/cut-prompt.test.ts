import assert from 'node:assert/strict';
import type { Answer } from '../support/hostile-endpoint.ts';
import { aRequest, replyTo } from '../support/language-model-requests.ts';
import { aStream, someUsage } from '../support/model-answers.ts';

const counted = (prompt_tokens: number): Answer => aStream('A plan.', { usage: { ...someUsage, prompt_tokens } });

describe('a prompt that a server has cut', () => {
  const local = { provider: { mayCutPrompts: true } };

  it('is noticed by the tokens that it says to have read', async () => {
    const { ending, usage } = await replyTo(counted(1_199), { target: local });
    assert.deepEqual([ending, usage.inputTokens], ['promptCut', 1_199]);
  });

  const windows: [what: string, readTokens: number, ending: string, promptTokens?: number][] = [
    ['fills a window', 4_096, 'promptCut'],
    ['fills a window but for two tokens', 4_094, 'promptCut'],
    ['is two tokens beyond a window', 4_098, 'promptCut'],
    ['fills a window with the reply', 4_096 - someUsage.completion_tokens, 'promptCut'],
    ['is three tokens beyond a window', 4_099, 'complete'],
    ['fills a window and is all of the prompt', 4_096, 'complete', 4_096],
    ['fills a window with the reply and is all of the prompt', 4_062, 'complete', 4_062],
    ['fills a window and is short', 1_024, 'complete', 1_000],
  ];
  for (const [what, readTokens, expected, promptTokens = 6_000] of windows) {
    it(`is ${expected === 'promptCut' ? 'noticed' : 'none'} where what was read ${what}`, async () => {
      const question = { target: local, request: aRequest({ promptTokens }) };
      assert.equal((await replyTo(counted(readTokens), question)).ending, expected);
    });
  }

  it('is none where the number is no count, and then the tokens are estimated', async () => {
    for (const nonsense of [10, 255]) {
      const { ending, usage } = await replyTo(counted(nonsense), { target: local });
      assert.deepEqual([ending, usage], ['complete', { inputTokens: 2_000, outputTokens: 2, isEstimated: true }]);
    }
    assert.equal((await replyTo(counted(256), { target: local })).ending, 'promptCut');
  });

  it('is none where another tokenizer counts a little less', async () => {
    assert.equal((await replyTo(counted(1_200), { target: local })).ending, 'complete');
  });

  it('is none where the provider refuses what is too long', async () => {
    assert.equal((await replyTo(counted(100))).ending, 'complete');
  });

  it('is none where the prompt is short', async () => {
    const question = { target: local, request: aRequest({ promptTokens: 1_000 }) };
    assert.equal((await replyTo(counted(100), question)).ending, 'complete');
  });

  it('is none where the server counts nothing', async () => {
    assert.equal((await replyTo(counted(0), { target: local })).ending, 'complete');
  });
});
