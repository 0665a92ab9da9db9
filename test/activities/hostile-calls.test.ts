import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { draftPlan } from '../../activities/draft-plan.ts';
import type { LanguageModelDependencies } from '../../activities/dependencies.ts';
import { openaiLanguageModel } from '../../activities/language-model/openai-language-model.ts';
import { serverOfUnknownKind } from '../../activities/language-model/providers.ts';
import { addSpending, nothingSpent } from '../../workflows/domain/budget.ts';
import { afterReply, beginConversation } from '../../workflows/domain/conversation.ts';
import { waitingFailureTypes } from '../../workflows/domain/hold.ts';
import type { PlanSettings } from '../../workflows/schema/plan-settings.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { anExperiment, aRound } from '../support/builders.ts';
import { withHostileEndpoint, type Answer } from '../support/hostile-endpoint.ts';
import { languageModelDependencies, localModels } from '../support/language-model-dependencies.ts';
import { anError, aStream, chunk, events } from '../support/model-answers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const fields = { title: 'It', metric: { name: 'val_error', direction: 'minimize' }, tasks: ['Baseline'] };
const plan = `# Goal\n\nTry it.\n\n\`\`\`json\n${JSON.stringify(fields)}\n\`\`\`\n`;
const usage = { prompt_tokens: 9_000, completion_tokens: 60 };
const good = aStream(plan, { usage });
const atLimit = (text: string) => aStream(text, { usage, finishReason: 'length' });
const brokenOff = events([chunk({ content: 'The beginning' })], 'cut');
function* tasks() {
  for (let task = 1; ; task += 1) yield chunk({ content: `- task_${task}: check it\n` });
}

/** What the endpoint does first, how many requests the plan takes then, and how many of them were paid for. */
const rows: [what: string, answers: Answer[], requests: number, paid: number][] = [
  ['nothing amiss', [], 1, 1],
  ['an outage', [anError(503), anError(500), 'reset', 'silence'], 5, 1],
  ['a storm of rate limits', Array.from({ length: 12 }, () => anError(429)), 13, 1],
  ['an error with status 200', [anError(200, { code: 502 })], 2, 1],
  ['a page', [{ body: '<html>' }], 2, 1],
  ['streams that break off', [brokenOff, brokenOff], 3, 3],
  ['a stream without a finish reason', [events([chunk({ content: plan }), '[DONE]'])], 2, 2],
  ['an empty reply', [aStream('', { usage })], 2, 2],
  ['a refusal', [events([chunk({ refusal: 'I cannot.' }), chunk({}, 'stop')])], 2, 2],
  ['a runaway', [events({ [Symbol.iterator]: tasks })], 2, 2],
  ['a prompt that is too long', [anError(400, { code: 'context_length_exceeded' })], 2, 1],
  ['a prompt that was cut in silence', [aStream(plan, { usage: { ...usage, prompt_tokens: 4_096 } })], 2, 2],
  [
    'a schema that is refused',
    [anError(400, { message: 'response_format' }), anError(400, { message: 'json_schema' })],
    3,
    1,
  ],
  ['JSON that was cut', [atLimit('{"markdown": "# Goal')], 2, 2],
  ['fields that are wrong', [aStream(plan.replace('minimize', 'sideways'), { usage })], 2, 2],
];

/** As Temporal and the workflow would: an attempt after the other, a round after the other. */
async function planOf(dependencies: LanguageModelDependencies) {
  const experiment = anExperiment();
  let conversation = beginConversation(1);
  let spending = nothingSpent;
  for (let attempt = 1; attempt < 30; attempt += 1) {
    const input = { experiment, metric: null, ...aRound(conversation) };
    try {
      const reply = await runIn(anActivityEnvironment({ attempt }), () => draftPlan(dependencies, input));
      spending = addSpending(spending, reply.spending);
      if (reply.kind === 'usable') return { plan: reply.value, spending };
      const next = afterReply(conversation, reply);
      assert.ok(next.kind === 'ask', JSON.stringify(next));
      conversation = next.conversation;
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || waitingFailureTypes.includes(error.type ?? '')) throw error;
    }
  }
  return assert.fail('it never came to an end');
}

describe('a call at a hostile endpoint', () => {
  const folder = temporaryFolder();

  for (const [what, answers, requests, paid] of rows) {
    it(`takes ${requests} requests after ${what}, of which ${paid} were paid for, and none is repeated later`, async () => {
      await withHostileEndpoint(
        (_, index) => answers[index] ?? good,
        async (endpoint) => {
          const dependencies = dependenciesAt(endpoint.baseUrl);
          const first: { plan: PlanSettings; spending: { calls: number } } = await planOf(dependencies);
          assert.deepEqual(first.plan, fields);
          assert.deepEqual([endpoint.requests.length, first.spending.calls], [requests, paid]);
          assert.deepEqual(await planOf(dependencies), first);
          assert.equal(endpoint.requests.length, requests);
        },
      );
    });
  }

  function dependenciesAt(baseUrl: string): LanguageModelDependencies {
    const timeouts = { firstTokenSeconds: 0.3, idleSeconds: 0.3, totalSeconds: 20 };
    const provider = { ...serverOfUnknownKind('local', baseUrl), timeouts };
    const settings = localModels(baseUrl, { providers: [{ provider, apiKey: null }] });
    return languageModelDependencies(folder(), openaiLanguageModel(), settings);
  }

  beforeEach(async () => {
    const files = dependenciesAt('http://127.0.0.1:9/v1').artifacts.folder(anExperiment().id);
    await files.write('IDEA.md', 'Try it. '.repeat(3_000));
    await files.write('host.md', '- GPUs: none');
  });
});
