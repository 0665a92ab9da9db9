import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { recordMessages } from '../../activities/record-messages.ts';
import { recordTrial, type RecordTrialInput } from '../../activities/record-trial.ts';
import { readFeedback, readPause } from '../../workflows/domain/read-signal.ts';
import type { TrialResult } from '../../workflows/domain/trial.ts';
import { aMeasurement, aMetric, anExperiment, aTrialResult } from '../support/builders.ts';
import { folderContent } from '../support/folder-content.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('recordTrial', () => {
  const root = temporaryFolder();
  const artifacts = () => localArtifactStore(root());
  const folder = () => artifacts().folder('digits');
  const fileOf = (path: string) => readFile(join(root(), 'digits', path), 'utf8');

  async function record(result: TrialResult, overrides: Partial<RecordTrialInput> = {}): Promise<void> {
    await recordTrial(
      { artifacts: artifacts() },
      {
        experiment: anExperiment(),
        title: 'Digits',
        metric: aMetric({ target: 2 }),
        planVersion: 1,
        tasks: [],
        trials: Array.from({ length: result.number }, (_, index) => index + 1),
        messages: 0,
        result,
        ...overrides,
      },
    );
  }

  const failed = aTrialResult({
    number: 2,
    step: { kind: 'debug', parent: 1 },
    title: 'Mend | it',
    outcome: { kind: 'trainingFailed', seed: 1, failure: { kind: 'timedOut', excerpt: '' }, completedSeeds: 1 },
    finding: 'Too slow.',
    verdict: 'revisePlan',
    reason: 'no time',
  });

  describe('the record of a trial', () => {
    it('keeps the result word for word', async () => {
      await record(aTrialResult());
      assert.deepEqual(JSON.parse(await fileOf('trials/001/result.json')), aTrialResult());
    });

    it('is an entry of the log with outcome, finding and verdict', async () => {
      await record(aTrialResult());
      await record(failed, { planVersion: 3 });
      assert.equal(
        await fileOf('trials/002/entry.md'),
        [
          '## Trial 2: Mend | it',
          'debug, from trial 1, under version 3 of the plan',
          '**val_error**: its training with seed 1 reached its deadline before it reported the metric',
          '**Finding**: Too slow.',
          '**Verdict**: revisePlan, no time\n',
        ].join('\n\n'),
      );
    });

    it('holds the intention without its heading, and the summary of the log', async () => {
      await folder().write('trials/001/intention.md', '# A baseline\n\nMeasure first.\n');
      await folder().write('trials/001/digest.md', 'the digest');
      await folder().write('trials/001/summary.md', 'the summary');
      await record(aTrialResult());
      assert.match(
        await fileOf('trials/001/entry.md'),
        /\n### Intention\n\nMeasure first\.\n\n### Log\n\nthe summary\n$/,
      );
    });

    it('holds the digest where the model gave no summary', async () => {
      await folder().write('trials/001/digest.md', 'the digest');
      await record(aTrialResult());
      assert.match(await fileOf('trials/001/entry.md'), /\n### Log\n\nthe digest\n$/);
    });

    it('lets the log grow by one entry, oldest first', async () => {
      await record(aTrialResult());
      await record(failed);
      const log = await fileOf('EXPERIMENT_LOG.md');
      assert.ok(log.startsWith('# Digits\n\nMetric: val_error, smaller is better, target 2\n\n## Trial 1: '));
      assert.deepEqual(log.match(/^## Trial \d+/gm), ['## Trial 1', '## Trial 2']);
    });

    it('tells in the log what people said, at its place in time', async () => {
      const said = ['one', 'two', 'three', 'four'].map((text) => readFeedback(text, 'now'));
      await recordMessages({ artifacts: artifacts() }, { experiment: anExperiment(), from: 1, messages: said });
      await record(aTrialResult(), { messages: 1 });
      await record(failed, { messages: 1 });
      await record(aTrialResult({ number: 3 }), { messages: 4 });
      const log = await fileOf('EXPERIMENT_LOG.md');
      assert.deepEqual(log.match(/^(## .*|  > .*)$/gm), [
        '## What people said before trial 1 ended',
        '  > one',
        '## Trial 1: A baseline',
        '## Trial 2: Mend | it',
        '## What people said before trial 3 ended',
        '  > two',
        '  > three',
        '  > four',
        '## Trial 3: A baseline',
      ]);
    });

    it('tells late what was said before there were fork points, and never leaves it out', async () => {
      const messages = [readFeedback('one', 'now')];
      await recordMessages({ artifacts: artifacts() }, { experiment: anExperiment(), from: 1, messages });
      await record(aTrialResult(), { messages: 1 });
      await folder().remove('trials/001/state.json');
      await record(failed, { messages: 1 });
      assert.deepEqual((await fileOf('EXPERIMENT_LOG.md')).match(/^## .*$/gm), [
        '## Trial 1: A baseline',
        '## What people said before trial 2 ended',
        '## Trial 2: Mend | it',
      ]);
    });

    it('lets nothing that people say become a heading of the log or the report', async () => {
      const texts = ['# a\n## b', 'x\r# c', 'x\r\n# d', '\n\n# e'];
      const refused = readPause({ 'when\n\n# f': 1 }, 'now');
      const messages = [...texts.map((text) => readFeedback(text, 'now')), refused];
      await recordMessages({ artifacts: artifacts() }, { experiment: anExperiment(), from: 1, messages });
      await record(aTrialResult(), { messages: messages.length });
      for (const file of ['EXPERIMENT_LOG.md', 'REPORT.md']) {
        const markdown = await fileOf(file);
        const page = new MarkdownIt().render(markdown.slice(markdown.indexOf('## What people said')));
        const quoted = page.replace(/<blockquote>[\s\S]*?<\/blockquote>/g, '');
        assert.doesNotMatch(quoted, /<h\d>[a-f]<\/h/);
        assert.match(quoted, /<code>pause<\/code> by somebody was refused: when # f: unknown name/);
      }
    });

    it('is a fork point: what a fork from it has to know', async () => {
      const tasks = [{ id: 1, title: 'Baseline', status: 'done' as const }];
      const planChanges = [{ message: 3, hasPlan: true, by: 'ada', reason: 'wider' }];
      await record(aTrialResult(), { tasks, planVersion: 2, planReason: 'the first was beaten', planChanges });
      assert.deepEqual(JSON.parse(await fileOf('trials/001/state.json')), {
        schemaVersion: 1,
        title: 'Digits',
        metric: aMetric({ target: 2 }),
        plan: { version: 2, reason: 'the first was beaten' },
        tasks,
        messages: 0,
        planChanges,
      });
    });

    it('changes nothing of the trials before', async () => {
      await record(aTrialResult());
      const before = await folderContent(join(root(), 'digits', 'trials', '001'));
      await record(failed);
      assert.deepEqual(await folderContent(join(root(), 'digits', 'trials', '001')), before);
    });

    it('is the same when it is written again', async () => {
      await record(aTrialResult());
      const before = await folderContent(root());
      await record(aTrialResult());
      assert.deepEqual(await folderContent(root()), before);
    });

    it('keeps the task list', async () => {
      const tasks = [{ id: 1, title: 'Baseline', status: 'done' as const }];
      await record(aTrialResult(), { tasks });
      assert.deepEqual(JSON.parse(await fileOf('tasks.json')), tasks);
    });

    it('brings the report up to date, and says that it is not the last one', async () => {
      await record(aTrialResult({ outcome: aMeasurement({ mean: 5 }) }));
      await record(aTrialResult({ number: 2, outcome: aMeasurement({ mean: 3 }) }));
      const report = await fileOf('REPORT.md');
      assert.match(report, /_The experiment goes on/);
      assert.match(report, /Best: trial 2 with 3\.000 \(1 seed\)\./);
    });

    it('shows in the report what people said', async () => {
      const messages = [readFeedback({ text: 'Mind the rate.', by: 'Ada' }, 'now'), readPause({}, 'then')];
      await recordMessages({ artifacts: artifacts() }, { experiment: anExperiment(), from: 1, messages });
      await record(aTrialResult(), { messages: 2 });
      const report = await fileOf('REPORT.md');
      assert.match(report, /- now Ada gave feedback:\n\n {2}> Mind the rate\.\n/);
      assert.match(report, /- then somebody paused the experiment/);
    });
  });

  describe('the record of messages', () => {
    it('is a file for each, numbered from where it begins', async () => {
      const messages = [readFeedback('one', 'a'), readFeedback('two', 'b')];
      await recordMessages({ artifacts: artifacts() }, { experiment: anExperiment(), from: 9, messages });
      const content = await folderContent(join(root(), 'digits', 'messages'));
      assert.deepEqual(
        Object.entries(content).map(([path, text]) => [path, JSON.parse(text)]),
        [
          ['0009.json', messages[0]],
          ['0010.json', messages[1]],
        ],
      );
    });
  });
});
