import assert from 'node:assert/strict';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { openExperiment, type OpenedExperiment } from '../../activities/open-experiment.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import type { PersonMessage } from '../../workflows/domain/person-message.ts';
import { readFeedback } from '../../workflows/domain/read-signal.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { aMetric, anExperiment, aTrialResult } from '../support/builders.ts';
import { failureOf } from '../support/failures.ts';
import { folderContent } from '../support/folder-content.ts';
import { recordExperiment, type Recording } from '../support/recorded-experiment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Three trials, the plan revised before the third, something said in each. */
const threeTrials: Recording['trials'] = [
  { said: [readFeedback('one', 'at 1')] },
  { said: [readFeedback('two', 'at 2'), readFeedback('three', 'at 3')], result: { verdict: 'revisePlan' } },
  { said: [readFeedback('four', 'at 4')], planVersion: 2 },
];

/** An input that forks the source after this trial. */
function from(trial: number, more: object = {}): Record<string, unknown> {
  return { fork: { experiment: 'digits', trial, ...more } };
}

describe('the opening of a fork', () => {
  const root = temporaryFolder();
  const fileOf = (path: string, id = 'digits-fork') => readFile(join(root(), id, path), 'utf8');
  const fork = { ...anExperiment('digits-fork'), runId: '22222222-2222-3333-4444-555555555555' };

  async function open(input: Record<string, unknown>, experiment = fork): Promise<OpenedExperiment> {
    const surroundings = { hostLossMinutes: null, hasSearchAttributes: false, hasWebhook: false };
    const dependencies = { artifacts: localArtifactStore(root()), ...surroundings };
    return await runIn(anActivityEnvironment(), () => openExperiment(dependencies, { experiment, input }));
  }

  async function pastOf(input: Record<string, unknown>): Promise<NonNullable<OpenedExperiment['past']>> {
    return (await open(input)).past ?? assert.fail('the fork has no past');
  }

  async function problemsOf(input: Record<string, unknown>): Promise<string[]> {
    const { type, details } = await failureOf(open(input));
    assert.equal(type, failureType.invalidInput);
    return details?.[0] as string[];
  }

  describe('the past', () => {
    it('is what the source was after that trial', async () => {
      await recordExperiment(root(), { trials: threeTrials });
      const past = await pastOf(from(2));
      assert.deepEqual(
        past.journal.map(({ trial, title, mean }) => ({ trial, title, mean })),
        [
          { trial: 1, title: 'Trial 1', mean: 5 },
          { trial: 2, title: 'Trial 2', mean: 5 },
        ],
      );
      const { journal: _journal, recent: _recent, ...rest } = past;
      assert.deepEqual(rest, {
        title: 'Digits',
        metric: aMetric({ target: 2 }),
        plan: { version: 1, reason: null },
        tasks: [{ id: 1, title: 'Task of trial 2', status: 'open' }],
        lastAnalysis: { verdict: 'revisePlan', reason: 'reason of 2' },
        isRevisionDue: true,
        messages: 3,
        planChanges: [],
      });
    });

    it('is there as soon as the trial is known to be recorded', async () => {
      await recordExperiment(root(), { trials: threeTrials });
      await localArtifactStore(root()).folder('digits').remove('trials/003/entry.md');
      assert.match((await failureOf(open(from(3)))).message, /no finished trial 3; it has trials 1 to 2/);
    });

    it('has the version of the plan that the trial followed, with its reason', async () => {
      await recordExperiment(root(), { trials: threeTrials });
      const { plan, isRevisionDue } = await pastOf(from(3));
      assert.deepEqual({ plan, isRevisionDue }, { plan: { version: 2, reason: 'reason 2' }, isRevisionDue: false });
    });

    it('lies in the folder as if it had happened there, without checkpoints, calls and the survey', async () => {
      await recordExperiment(root(), { trials: threeTrials });
      await open(from(2));
      const source = await folderContent(join(root(), 'digits'));
      const copy = await folderContent(join(root(), 'digits-fork'));
      const written = ['EXPERIMENT_LOG.md', 'REPORT.md', 'tasks.json', 'experiment.json', 'PLAN.md'];
      const expected = Object.entries(source).filter(
        ([path]) => !/^trials\/003|checkpoints|^llm|^host|PLAN-002|0004/.test(path) && !written.includes(path),
      );
      assert.deepEqual(
        Object.fromEntries(Object.entries(copy).filter(([path]) => !written.includes(path))),
        Object.fromEntries(expected),
      );
      assert.equal(await fileOf('PLAN.md'), '# Plan 1\n');
      assert.match(await fileOf('tasks.json'), /Task of trial 2/);
    });

    it('is told in the log and the report, which say where it is from', async () => {
      await recordExperiment(root(), { trials: threeTrials });
      await open(from(2));
      const log = await fileOf('EXPERIMENT_LOG.md');
      assert.match(log, /\nForked from digits after trial 2\. The checkpoints and the calls of language models /);
      assert.deepEqual(log.match(/^(## .*|  > .*)$/gm), [
        '## What people said before trial 1 ended',
        '  > one',
        '## Trial 1: Trial 1',
        '## What people said before trial 2 ended',
        '  > two',
        '  > three',
        '## Trial 2: Trial 2',
      ]);
      assert.match(await fileOf('REPORT.md'), /\nTrials 1 to 2 are inherited from digits, /);
    });

    it('is read the same by a fork of the fork', async () => {
      await recordExperiment(root(), { trials: threeTrials });
      await open(from(2));
      const second = { ...anExperiment('digits-second'), runId: '33333333-2222-3333-4444-555555555555' };
      const { past } = await open({ fork: { experiment: 'digits-fork', trial: 1 } }, second);
      assert.deepEqual([past?.journal.length, past?.messages, past?.tasks[0]?.title], [1, 1, 'Task of trial 1']);
      assert.equal(await fileOf('trials/001/seed-0/log.txt', 'digits-second'), 'log of 1\n');
    });

    it('is copied to the end by the next attempt, whichever files the one before has left', async () => {
      await recordExperiment(root(), { trials: threeTrials });
      const given = from(2, { plan: '# Mine', feedback: 'Go on.' });
      const { past: first } = await open(given);
      const whole = await folderContent(join(root(), 'digits-fork'));
      const files = Object.keys(whole).filter((path) => !path.endsWith('/') && path !== 'experiment.json');
      const folder = localArtifactStore(root()).folder('digits-fork');
      for (const [index, path] of files.entries()) if (index % 2 === 0) await folder.remove(path);
      const feedback = 'messages/0004.json';
      const { past: second } = await open(given);
      assert.deepEqual({ ...second, recent: [] }, { ...first, recent: [] }); // The time in it is another.
      const again = await folderContent(join(root(), 'digits-fork'));
      const timed = [feedback, 'EXPERIMENT_LOG.md', 'REPORT.md'];
      for (const path of files) if (!timed.includes(path)) assert.equal(again[path], whole[path], path);
      assert.deepEqual(Object.keys(again), Object.keys(whole));
    });
  });

  describe('what is given with it', () => {
    it('is the next version of the plan, word for word, and then no revision is due', async () => {
      await recordExperiment(root(), { trials: threeTrials });
      const { plan, isRevisionDue } = await pastOf(from(2, { plan: '# Mine\n\n- wider', by: 'Ada' }));
      const reason = 'given by Ada when the experiment was forked from digits after trial 2';
      assert.deepEqual({ plan, isRevisionDue }, { plan: { version: 2, reason }, isRevisionDue: false });
      assert.equal(await fileOf('plans/PLAN-002.md'), '# Mine\n\n- wider\n');
      assert.equal(await fileOf('PLAN.md'), '# Mine\n\n- wider\n');
      assert.equal(await fileOf('plans/PLAN-001.md'), '# Plan 1\n');
    });

    it('is the next message', async () => {
      await recordExperiment(root(), { trials: threeTrials });
      assert.equal((await pastOf(from(2, { feedback: 'Go\n# on.', by: 'Ada\nB' }))).messages, 4);
      const { at: _at, ...message } = JSON.parse(await fileOf('messages/0004.json')) as PersonMessage;
      assert.deepEqual(message, { kind: 'feedback', text: 'Go\n# on.', by: 'Ada B', id: null });
      assert.match(await fileOf('EXPERIMENT_LOG.md'), /## What people said after trial 2\n\n- .* Ada B gave feedback:/);
    });

    it('is an idea of its own, a title, and a target', async () => {
      await recordExperiment(root());
      const metric = aMetric({ target: 1 });
      const { title, settings, past } = await open({ ...from(1), idea: 'Another.', title: 'Wider', metric });
      assert.deepEqual([title, settings.metric, past?.metric, past?.title], ['Wider', metric, metric, 'Wider']);
      assert.equal(await fileOf('IDEA.md'), 'Another.\n');
    });
  });

  describe('the settings', () => {
    it('are those of the source, and what is given replaces them part by part', async () => {
      const budget = { trials: 9, usd: 5, whenSpent: 'wait' };
      const input = { seeds: 3, budget, models: { coder: 'a/b', analyst: 'a/c' }, packages: ['einops'] };
      await recordExperiment(root(), { input });
      const { settings } = await open({ ...from(1), budget: { trials: 20 }, models: { coder: 'a/d' } });
      assert.deepEqual(settings, {
        seeds: 3,
        gpusPerTrial: 1,
        packages: ['einops'],
        approvals: [],
        budget: { trials: 20, hours: 24, usd: 5, whenSpent: 'wait' },
        models: { coder: 'a/d', analyst: 'a/c' },
      });
      assert.deepEqual(JSON.parse(await fileOf('experiment.json')).settings, settings);
    });

    it('have in them what people had changed by then, and nothing twice in a fork of the fork', async () => {
      const signed = { by: 'Ada', at: 'now', id: null };
      const changes: PersonMessage[] = [
        { kind: 'extendBudget', extension: { trials: 5, usd: 1 }, ...signed },
        { kind: 'changeModel', models: { coder: 'a/b' }, ...signed },
      ];
      await recordExperiment(root(), {
        trials: [{ said: changes }, { said: [{ kind: 'extendBudget', extension: { trials: 100 }, ...signed }] }],
      });
      const { settings } = await open(from(1));
      assert.deepEqual([settings.budget.trials, settings.models], [17, { coder: 'a/b' }]);
      const second = { ...anExperiment('digits-second'), runId: '33333333-2222-3333-4444-555555555555' };
      const again = await open({ fork: { experiment: 'digits-fork', trial: 1 } }, second);
      assert.deepEqual(again.settings, settings);
    });

    it('have the data sets of the source with their scripts, unless others are given', async () => {
      const data = [{ name: 'glosses', script: 'print()', hosts: ['example.org'] }];
      await recordExperiment(root(), { input: { data } });
      const inherited = await open(from(1));
      assert.deepEqual(
        inherited.data.map(({ name }) => name),
        ['glosses'],
      );
      assert.equal(await fileOf('data/glosses.py'), 'print()');
      const second = { ...anExperiment('digits-second'), runId: '33333333-2222-3333-4444-555555555555' };
      const own = await open({ ...from(1), data: [{ name: 'b', path: '/b' }] }, second);
      assert.deepEqual(own.data, [{ name: 'b', path: '/b' }]);
    });

    it('may not be another metric, and need trials left', async () => {
      await recordExperiment(root(), { input: { budget: { trials: 1 } } });
      assert.deepEqual(await problemsOf({ ...from(1), metric: { name: 'accuracy', direction: 'maximize' } }), [
        'budget.trials: is 1, and 1 of them are inherited: give more',
        'metric: the trials of digits measured val_error (minimize): only its target can be another',
      ]);
    });
  });

  describe('a fork that cannot be', () => {
    const nowhere = { fork: { experiment: 'elsewhere', trial: 1 } };

    it('is refused where there is no such experiment, and writes nothing', async () => {
      await recordExperiment(root());
      const before = await folderContent(root());
      assert.deepEqual(await problemsOf(nowhere), [`fork.experiment: there is no experiment elsewhere in ${root()}`]);
      assert.deepEqual(await folderContent(root()), before);
    });

    it('is refused for a trial that is not finished, naming those that are', async () => {
      await recordExperiment(root(), { trials: threeTrials });
      await writeFile(join(root(), 'digits', 'trials', 'train.py'), '');
      assert.deepEqual(await problemsOf(from(4)), ['fork.trial: digits has no finished trial 4; it has trials 1 to 3']);
    });

    it('is refused for a trial from before there were fork points', async () => {
      await recordExperiment(root());
      await localArtifactStore(root()).folder('digits').remove('trials/001/state.json');
      assert.match((await problemsOf(from(1))).join(), /^fork\.trial: .*001\/state\.json is missing/);
    });

    it('is refused where the record of the source is damaged', async () => {
      await recordExperiment(root());
      await writeFile(join(root(), 'digits', 'experiment.json'), '{');
      assert.match((await problemsOf(from(1))).join(), /^fork\.experiment: .*experiment\.json is damaged$/);
    });

    it('is refused under the id of its source, which stays as it is', async () => {
      await recordExperiment(root());
      const before = await folderContent(root());
      const other = { ...anExperiment('digits'), runId: fork.runId };
      assert.equal((await failureOf(open(from(1), other))).type, failureType.experimentExists);
      assert.deepEqual(await folderContent(root()), before);
    });

    it('is refused where a link among the trials leads outside', async () => {
      await recordExperiment(root());
      await symlink('/etc', join(root(), 'digits', 'trials', '001', 'seed-1'));
      assert.equal((await failureOf(open(from(1)))).type, failureType.artifactStoreRefused);
    });

    it('can begin without the data sets of a source that never kept them only by giving them', async () => {
      await recordExperiment(root());
      const { data: _data, ...record } = JSON.parse(await fileOf('experiment.json', 'digits'));
      await writeFile(join(root(), 'digits', 'experiment.json'), JSON.stringify(record));
      assert.deepEqual(await problemsOf(from(1)), [
        'data: digits is from before its data sets were kept: give them again',
      ]);
      assert.deepEqual((await open({ ...from(1), data: [] })).data, []);
    });
  });

  it('takes the outcome of trials that measured nothing', async () => {
    await recordExperiment(root(), { trials: [{ result: { ...aTrialResult(), outcome: { kind: 'stopped' } } }] });
    const past = await pastOf(from(1));
    assert.deepEqual([past.journal[0]?.outcome, past.journal[0]?.mean], ['stopped', null]);
  });
});
