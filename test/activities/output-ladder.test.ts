import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { LanguageModelDependencies } from '../../activities/dependencies.ts';
import { draftPlan } from '../../activities/draft-plan.ts';
import { openaiLanguageModel } from '../../activities/language-model/openai-language-model.ts';
import type { OutputRung } from '../../activities/language-model/output-rung.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import type { Reply } from '../../workflows/domain/reply.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { anExperiment, aRound } from '../support/builders.ts';
import { withChoosyEndpoint, type Manners } from '../support/choosy-endpoint.ts';
import { languageModelDependencies, localModels } from '../support/language-model-dependencies.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What an endpoint does with each way to ask for JSON; how many requests a first and a second plan take of it. */
const rows: [endpoint: string, manners: Manners, first: number, remembered: OutputRung, second: number][] = [
  ['knows strict schemas', {}, 1, 'strictSchema', 1],
  ['refuses the word strict', { strictSchema: 'refuses' }, 2, 'schema', 1],
  ['refuses schemas', { strictSchema: 'refuses', schema: 'refuses' }, 3, 'toolCall', 1],
  [
    'refuses schemas and tools',
    { strictSchema: 'refuses', schema: 'refuses', toolCall: 'refuses' },
    4,
    'jsonObject',
    1,
  ],
  [
    'knows nothing, and says so',
    { strictSchema: 'refuses', schema: 'refuses', toolCall: 'refuses', jsonObject: 'refuses' },
    5,
    'text',
    1,
  ],
  [
    'ignores all of it in silence (llama.cpp, vLLM)',
    { strictSchema: 'ignores', schema: 'ignores', toolCall: 'ignores', jsonObject: 'ignores' },
    1,
    'text',
    1,
  ],
  ['ignores schemas, and thinks aloud', { strictSchema: 'chats' }, 2, 'text', 1],
];

/** Tries as Temporal would; asks another time, with the problems named, after an unusable reply. */
async function planOf(dependencies: LanguageModelDependencies, id: string): Promise<Reply<unknown>> {
  const files = dependencies.artifacts.folder(id);
  await files.write('IDEA.md', 'Try it.');
  await files.write('host.md', '- GPUs: none');
  let round = aRound();
  for (let attempt = 1; attempt <= 12; attempt += 1) {
    const input = { experiment: anExperiment(id), metric: null, ...round };
    try {
      const reply = await runIn(anActivityEnvironment({ attempt }), () => draftPlan(dependencies, input));
      if (reply.kind !== 'unusable') return reply;
      round = aRound({ round: round.round + 1, problems: reply.problems });
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.type !== failureType.modelFormatUnsupported) throw error;
    }
  }
  return assert.fail('the ladder has no end');
}

describe('the ladder of structured output', () => {
  const folder = temporaryFolder();

  for (const [endpoint, manners, first, remembered, second] of rows) {
    it(`takes ${first} and then ${second} requests of an endpoint that ${endpoint}`, async () => {
      await withChoosyEndpoint(manners, async ({ baseUrl, requests }) => {
        const settings = localModels(baseUrl);
        const dependencies = languageModelDependencies(folder(), openaiLanguageModel(), settings);
        assert.equal((await planOf(dependencies, 'first')).kind, 'usable');
        const ofFirst = requests.length;
        assert.equal((await planOf(dependencies, 'second')).kind, 'usable');
        const [target] = dependencies.models.targetsFor('planner', {});
        const { rung } = dependencies.memory.of(target ?? assert.fail());
        assert.deepEqual([ofFirst, rung, requests.length - ofFirst], [first, remembered, second]);
      });
    });
  }
});
