import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { Notice } from '../../workflows/domain/notice.ts';
import { decideUpdate, progressQuery } from '../../workflows/messages.ts';
import { failureOf, runToEnd, trainings, until } from '../support/run-experiment.ts';
import { scriptActivities, uneventfulOpening, type ScriptedActivities } from '../support/scripted-activities.ts';
import { untilAsked, withExperiment } from '../support/steered-experiment.ts';

/** An installation with a webhook, which takes everything unless it is told otherwise. */
function withWebhook(notify: (notice: Notice) => void = () => undefined) {
  const notices: Notice[] = [];
  const activities: Pick<ScriptedActivities, 'openExperiment' | 'notify'> = {
    async openExperiment(input) {
      const opened = await scriptActivities().activities.openExperiment(input);
      return { ...opened, ...uneventfulOpening, hasWebhook: true };
    },
    async notify(notice) {
      notify(notice);
      notices.push(notice);
      return { kind: 'delivered', status: 200 };
    },
  };
  return { notices, activities };
}

describe('the webhook', () => {
  it('is told once that a person is waited for, that the goal is reached, and that the experiment is over', async () => {
    const { notices, activities } = withWebhook();
    await withExperiment(
      { ...activities, ...trainings(1) },
      async (handle) => {
        await untilAsked(handle, 'plan-1');
        await handle.executeUpdate(decideUpdate, { args: [{ id: 'plan-1', choice: 'approve' }] });
        await handle.result();
      },
      { approvals: ['plan'] },
    );
    assert.deepEqual(
      notices.map(({ event, verdict, decision }) => [event, verdict, decision?.id ?? null]),
      [
        ['waiting', null, 'plan-1'],
        ['goalReached', 'goalReached', null],
        ['finished', 'goalReached', null],
      ],
    );
    assert.equal(new Set(notices.map(({ id }) => id)).size, 3);
    assert.deepEqual(notices.at(-1)?.best, { trial: 1, mean: 1 });
  });

  it('is told that an experiment failed, even before anybody knows whether there is one', async () => {
    const { notices, activities } = withWebhook();
    await failureOf({
      ...activities,
      async openExperiment() {
        throw ApplicationFailure.nonRetryable('The input is not valid.', 'InvalidInput');
      },
    });
    assert.deepEqual(
      notices.map(({ event, text }) => [event, text]),
      [['failed', 'The input is not valid.']],
    );
  });

  it('holds nothing up and fails nothing when it refuses, which is shown', async () => {
    const { activities } = withWebhook(() => {
      throw ApplicationFailure.nonRetryable('The webhook answered 404.', 'Notification.Refused');
    });
    await withExperiment(
      { ...activities, ...trainings(1) },
      async (handle) => {
        await untilAsked(handle, 'plan-1');
        await until(async () => (await handle.query(progressQuery)).warnings.length === 1);
        const [warning] = (await handle.query(progressQuery)).warnings;
        assert.match(warning ?? '', /^The webhook was not told "waiting" .*answered 404/);
        await handle.executeUpdate(decideUpdate, { args: [{ id: 'plan-1', choice: 'approve' }] });
        assert.equal((await handle.result()).verdict, 'goalReached');
      },
      { approvals: ['plan'] },
    );
  });

  it('is not called at all where there is none', async () => {
    const { inputsOf } = await runToEnd(trainings(1));
    assert.deepEqual(inputsOf('notify'), []);
  });
});
