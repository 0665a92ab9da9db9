import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/workflow-environment.ts';

interface RecordedHistory {
  events: {
    workflowExecutionStartedEventAttributes?: { workflowId: string };
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  }[];
}

const folder = new URL('../histories/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

function readHistory(file: string): RecordedHistory {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as RecordedHistory;
}

async function replay(history: RecordedHistory): Promise<void> {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, workflowId);
}

describe('recorded histories', () => {
  it('are there, of an experiment and of trials', () => {
    assert.ok(files.includes('demo-experiment.json'));
    assert.ok(files.some((file) => file.startsWith('demo-trial-')));
  });

  for (const file of files) {
    it(`replays ${file} with the workflows as they are`, async () => {
      await replay(readHistory(file));
    });
  }

  it('do not replay when a workflow would have called another activity', async () => {
    const history = readHistory('demo-experiment.json');
    const scheduled = history.events.find(
      ({ activityTaskScheduledEventAttributes: attributes }) => attributes?.activityType.name === 'draftPlan',
    );
    assert.ok(scheduled?.activityTaskScheduledEventAttributes);
    scheduled.activityTaskScheduledEventAttributes.activityType.name = 'dreamUpPlan';
    await assert.rejects(replay(history), DeterminismViolationError);
  });
});
