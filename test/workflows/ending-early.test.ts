import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { failureType } from '../../workflows/domain/failure-type.ts';
import type { Past } from '../../workflows/domain/past.ts';
import {
  abandonTrialUpdate,
  feedbackSignal,
  pauseSignal,
  progressQuery,
  revisePlanUpdate,
  stopSignal,
} from '../../workflows/messages.ts';
import { aJournalEntry, aMetric } from '../support/builders.ts';
import { gate, trainUntilCancelled, until } from '../support/run-experiment.ts';
import {
  measuredExecution,
  oneCall,
  scriptActivities,
  type ScriptedActivities,
} from '../support/scripted-activities.ts';
import { withExperiment } from '../support/steered-experiment.ts';

/** A disk on which the first message takes until it is let go, and what has arrived on it. */
function slowDisk() {
  const written: string[] = [];
  const free = gate();
  const activities: Pick<ScriptedActivities, 'recordMessages'> = {
    async recordMessages({ messages }) {
      await free.opened;
      written.push(...(messages as { text: string }[]).map(({ text }) => text));
    },
  };
  return { written, free, activities };
}

describe('an experiment that somebody ends', () => {
  it('stops its training although a message cannot be written', async () => {
    let stopped = 0;
    const disk = slowDisk();
    const activities = { ...disk.activities, ...trainUntilCancelled(() => (stopped += 1)) };
    await withExperiment(activities, async (handle, { inputsOf }) => {
      await until(() => inputsOf('runTraining').length === 1);
      await handle.signal(feedbackSignal, 'one');
      await until(() => inputsOf('recordMessages').length === 1);
      await handle.signal(stopSignal, { reason: 'enough' });
      await until(() => stopped === 1);
      disk.free.open();
      assert.equal((await handle.result()).verdict, 'stopped');
    });
  });

  it('has in its folder what was said just before a cancel', async () => {
    const disk = slowDisk();
    const activities = { ...disk.activities, ...trainUntilCancelled(() => undefined) };
    await withExperiment(activities, async (handle, { inputsOf }) => {
      await until(() => inputsOf('runTraining').length === 1);
      await handle.signal(feedbackSignal, 'one');
      await until(() => inputsOf('recordMessages').length === 1);
      await handle.signal(feedbackSignal, 'two');
      await handle.cancel();
      disk.free.open();
      await assert.rejects(handle.result());
      const [brokenOff] = inputsOf('recordBreakOff');
      assert.deepEqual([brokenOff?.['messages'], brokenOff?.['how']], [2, 'was cancelled']);
      assert.deepEqual((await handle.query(progressQuery)).stage, { kind: 'cancelled' });
    });
    assert.deepEqual(disk.written, ['one', 'two']);
  });

  it('writes its report although what was stopped can no longer be accepted', async () => {
    const refused = ApplicationFailure.nonRetryable('it leads outside', failureType.artifactStoreRefused);
    const activities: Partial<ScriptedActivities> = {
      ...trainUntilCancelled(() => undefined),
      async acceptExecution({ name }) {
        if (name.startsWith('seed')) throw refused;
      },
    };
    await withExperiment(activities, async (handle, { inputsOf }) => {
      await until(() => inputsOf('runTraining').length === 1);
      await handle.signal(stopSignal, { reason: 'enough' });
      assert.equal((await handle.result()).verdict, 'stopped');
    });
  });

  it('asks no model any more when it was paused before its plan', async () => {
    const survey = gate();
    const surveyHost = async () => await survey.opened;
    await withExperiment({ surveyHost }, async (handle, { inputsOf }) => {
      await until(() => inputsOf('surveyHost').length === 1);
      await handle.signal(pauseSignal, { when: 'now' });
      survey.open();
      await until(async () => (await handle.query(progressQuery)).stage.kind === 'planning');
      await handle.signal(stopSignal, { reason: 'no' });
      await assert.rejects(handle.result());
      assert.equal(inputsOf('draftPlan').length, 0);
    });
  });
});

describe('an experiment that ends by a failure', () => {
  it('has in its folder what was said just before', async () => {
    const [disk, analysis] = [slowDisk(), gate()];
    const activities: Partial<ScriptedActivities> = {
      ...disk.activities,
      async analyzeTrial() {
        await analysis.opened;
        throw ApplicationFailure.nonRetryable('broken\n# here.');
      },
    };
    await withExperiment(activities, async (handle, { inputsOf }) => {
      await until(() => inputsOf('analyzeTrial').length === 1);
      await handle.signal(feedbackSignal, 'one');
      await until(() => inputsOf('recordMessages').length === 1);
      await handle.signal(feedbackSignal, 'two');
      analysis.open();
      disk.free.open();
      await assert.rejects(handle.result());
      assert.equal(inputsOf('recordBreakOff')[0]?.['how'], 'has failed: broken # here');
    });
    assert.deepEqual(disk.written, ['one', 'two']);
  });

  it('tries to write what was said once more where that is what has failed', async () => {
    let tries = 0;
    const activities: Partial<ScriptedActivities> = {
      ...trainUntilCancelled(() => undefined),
      async recordMessages() {
        tries += 1;
        if (tries === 1) throw ApplicationFailure.nonRetryable('it leads outside', failureType.artifactStoreRefused);
      },
    };
    await withExperiment(activities, async (handle, { inputsOf }) => {
      await until(() => inputsOf('runTraining').length === 1);
      await handle.signal(feedbackSignal, 'one');
      await assert.rejects(handle.result());
      assert.deepEqual([tries, inputsOf('recordBreakOff').length], [2, 1]);
    });
  });

  it('writes into no folder that is not its own', async () => {
    const isTaken = ApplicationFailure.nonRetryable('it is taken', failureType.experimentExists);
    const opening = gate();
    const openExperiment = async () => {
      await opening.opened;
      throw isTaken;
    };
    await withExperiment({ openExperiment }, async (handle, { inputsOf }) => {
      await until(() => inputsOf('openExperiment').length === 1);
      await handle.signal(feedbackSignal, 'one');
      opening.open();
      await assert.rejects(handle.result());
      assert.deepEqual([inputsOf('recordMessages'), inputsOf('recordBreakOff')], [[], []]);
    });
  });
});

describe('a fork that ends before its plan', () => {
  const past: Past = {
    title: 'Old',
    metric: aMetric(),
    plan: { version: 1, reason: null },
    tasks: [],
    journal: [aJournalEntry({ trial: 1 })],
    lastAnalysis: null,
    isRevisionDue: false,
    messages: 3,
  };

  it('has what was said to it after what it inherits, and says how it ended', async () => {
    const [survey, works] = [gate(), scriptActivities().activities];
    const activities: Partial<ScriptedActivities> = {
      openExperiment: async (input) => ({ ...(await works.openExperiment(input)), past }),
      surveyHost: async () => await survey.opened,
    };
    await withExperiment(activities, async (handle, { inputsOf }) => {
      await until(() => inputsOf('surveyHost').length === 1);
      await handle.signal(feedbackSignal, 'mine');
      await handle.cancel();
      await assert.rejects(handle.result());
      survey.open();
      assert.equal(inputsOf('recordMessages')[0]?.['from'], 4);
      const [{ trials, messages, how } = {}] = inputsOf('recordBreakOff');
      assert.deepEqual({ trials, messages, how }, { trials: [1], messages: 4, how: 'was cancelled' });
    });
  });
});

describe('a trial that is abandoned', () => {
  it('does not count, also where it has ended in that very moment', async () => {
    const analysis = gate();
    const activities: Partial<ScriptedActivities> = {
      runTraining: async ({ name }) => measuredExecution(1, name),
      async analyzeTrial() {
        await analysis.opened;
        const value = { finding: 'It learns.', verdict: 'continue' as const, reason: 'more', taskUpdates: [] };
        return { kind: 'usable', value, spending: oneCall };
      },
    };
    await withExperiment(
      activities,
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('analyzeTrial').length === 1);
        const update = handle.executeUpdate(abandonTrialUpdate, { args: [{ trial: 1, reason: 'it cheats' }] });
        analysis.open();
        await update;
        assert.equal((await handle.result()).bestTrial, null);
      },
      { budget: { trials: 1 } },
    );
  });
});

describe('a change of the plan that a person has asked for', () => {
  it('is recorded as refused where the planner had no usable answer', async () => {
    const training = gate();
    const activities: Partial<ScriptedActivities> = {
      async runTraining({ name }) {
        await training.opened;
        return measuredExecution(5, name);
      },
      revisePlan: async () => ({ kind: 'unusable', problems: ['no JSON'], spending: oneCall }),
    };
    await withExperiment(
      activities,
      async (handle, { inputsOf }) => {
        await until(() => inputsOf('runTraining').length === 1);
        await handle.executeUpdate(revisePlanUpdate, { args: [{ reason: 'stale', by: 'ada' }] });
        training.open();
        await handle.result();
        const { recentMessages } = await handle.query(progressQuery);
        const [, { kind, by, problem } = {}] = recentMessages;
        const refused = { kind: 'refused', by: 'ada', problem: 'the planner gave no version that could be used' };
        assert.deepEqual({ kind, by, problem }, refused);
      },
      { budget: { trials: 2 } },
    );
  });
});
