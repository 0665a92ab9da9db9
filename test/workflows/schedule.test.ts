import assert from 'node:assert/strict';
import { trainings, until } from '../support/run-experiment.ts';
import { sharedEnvironment } from '../support/root-hooks.ts';
import { scriptActivities } from '../support/scripted-activities.ts';
import { withWorkers } from '../support/workflow-environment.ts';

describe('an experiment that a schedule starts', () => {
  it('has the id of its workflow without the colons of the time that the schedule appends', async () => {
    const environment = await sharedEnvironment();
    const { client } = environment;
    const { activities, inputsOf } = scriptActivities(trainings(1));
    await withWorkers(environment, activities, async () => {
      const schedule = await client.schedule.create({
        scheduleId: 'nightly-schedule',
        spec: { calendars: [{ hour: 3 }] },
        action: {
          type: 'startWorkflow',
          workflowType: 'experiment',
          workflowId: 'nightly',
          taskQueue: 'experiments',
          args: [{ idea: 'Try it.' }],
        },
      });
      try {
        await schedule.trigger();
        await until(async () => (await schedule.describe()).info.recentActions.length > 0);
        const [action] = (await schedule.describe()).info.recentActions;
        const workflowId = action?.action.type === 'startWorkflow' ? action.action.workflow.workflowId : '';
        assert.match(workflowId, /^nightly-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        const result = await client.workflow.result(workflowId);
        assert.equal((result as { verdict: string }).verdict, 'goalReached');

        const id = workflowId.replaceAll(':', '');
        assert.deepEqual(
          ['openExperiment', 'recordTrial', 'publishReport']
            .map((activity) => inputsOf(activity as 'openExperiment')[0]?.['experiment'] as { id: string } | undefined)
            .map((experiment) => experiment?.id),
          [id, id, id],
        );
        const trial = await client.workflow.getHandle(`${id}-trial-001`).describe();
        assert.equal(trial.type, 'trial');
      } finally {
        await schedule.delete();
      }
    });
  });
});
