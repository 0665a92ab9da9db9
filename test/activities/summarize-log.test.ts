import assert from 'node:assert/strict';
import { summaryOf } from '../../activities/experiment-files.ts';
import { countTokens } from '../../activities/language-model/count-tokens.ts';
import { summarizeLog } from '../../activities/summarize-log.ts';
import { nothingSpent } from '../../workflows/domain/budget.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { aMetric, anExperiment, aRound, someResources } from '../support/builders.ts';
import { languageModelDependencies } from '../support/language-model-dependencies.ts';
import { aReply, scriptedLanguageModel, type ScriptedReply } from '../support/scripted-language-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the summary of a trial’s logs', () => {
  const root = temporaryFolder();

  async function prepare(digests: Record<string, string>, ...replies: ScriptedReply[]) {
    const languageModel = scriptedLanguageModel(...replies);
    const dependencies = languageModelDependencies(root(), languageModel);
    const folder = dependencies.artifacts.folder('digits');
    for (const [name, digest] of Object.entries(digests)) await folder.write(`trials/007/${name}/digest.md`, digest);
    const input = {
      experiment: anExperiment(),
      number: 7,
      step: { kind: 'draft' } as const,
      metric: aMetric(),
      seeds: 2,
      deadlineSeconds: 60,
      resources: someResources(),
      packages: [],
      planVersion: 1,
      tasks: [],
      earlierTrials: [],
      best: null,
      executions: Object.keys(digests).map((name) => ({ name, ending: `completed with ${name.length}` })),
      ...aRound(),
    };
    return {
      folder,
      languageModel,
      summarize: () => runIn(anActivityEnvironment(), () => summarizeLog(dependencies, input)),
    };
  }

  const small = {
    'seed-0': 'Log of 9 bytes, 1 lines; nothing left out.\n',
    'seed-1': 'The log is empty: nothing was printed.\n',
  };
  const both = `## seed-0: completed with 6

Log of 9 bytes, 1 lines; nothing left out.

## seed-1: completed with 6

The log is empty: nothing was printed.
`;
  const large = {
    'seed-0': Array.from({ length: 400 }, (_, index) => `${index + 1}: ${index * 7} bottles`).join('\n'),
  };

  describe('whose digests are small', () => {
    it('is asked of nobody and costs nothing', async () => {
      const { summarize, languageModel } = await prepare(small);
      assert.deepEqual(await summarize(), { kind: 'usable', value: null, spending: nothingSpent });
      assert.deepEqual(languageModel.requests, []);
    });

    it('is the digests, under their endings, for every later prompt', async () => {
      const { summarize, folder } = await prepare(small);
      await summarize();
      assert.equal(await folder.read('trials/007/digest.md'), both);
      assert.equal(await folder.readIfPresent('trials/007/summary.md'), null);
      assert.equal(await summaryOf(folder, 7), both);
    });
  });

  describe('whose digests are large', () => {
    it('is asked for with one request that holds the digest', async () => {
      const { summarize, languageModel } = await prepare(large, 'A summary.');
      const reply = await summarize();
      assert.equal(reply.kind, 'usable');
      assert.equal(languageModel.requests.length, 1);
      assert.equal(languageModel.requests[0]?.prompt, 'summarize-log');
      const content = languageModel.requests[0].messages.at(-1)?.content ?? '';
      assert.ok(content.includes(`## seed-0: completed with 6\n\n${large['seed-0']}\n`), content);
    });

    it('is the model’s text for every later prompt, and the digest stays beside it', async () => {
      const { summarize, folder } = await prepare(large, ' A summary.\n\n');
      await summarize();
      assert.equal(await folder.read('trials/007/summary.md'), 'A summary.\n');
      assert.equal(await summaryOf(folder, 7), 'A summary.\n');
      assert.match(await folder.read('trials/007/digest.md'), /^400: 2793 bottles$/m);
    });

    it('has a price', async () => {
      const { summarize } = await prepare(large, aReply('A summary.'));
      const { spending } = await summarize();
      assert.notDeepEqual(spending, nothingSpent);
    });

    it('is the digest where the model gives none', async () => {
      const { summarize, folder } = await prepare(large, aReply('', 'refused'));
      const reply = await summarize();
      assert.notEqual(reply.kind, 'usable');
      assert.match((await summaryOf(folder, 7)) ?? '', /^## seed-0: completed with 6\n/);
    });
  });

  it('is asked for above 1,000 tokens in all, and not at 1,000', async () => {
    const heading = '## seed-0: completed with 6\n\n';
    const words = (count: number): string => `${heading}${'a '.repeat(count).trim()}\n`;
    const count = Array.from({ length: 1_100 }, (_, index) => index).find((most) => countTokens(words(most)) === 1_000);
    assert.ok(count !== undefined);
    const exact = await prepare({ 'seed-0': words(count).slice(heading.length) });
    await exact.summarize();
    assert.deepEqual(exact.languageModel.requests, []);
    const more = await prepare({ 'seed-0': words(count + 1).slice(heading.length) }, 'A summary.');
    await more.summarize();
    assert.equal(more.languageModel.requests.length, 1);
  });
});
