import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { CarriedState } from '../../workflows/continue-experiment.ts';
import type { experiment } from '../../workflows/experiment.ts';
import { extendBudgetUpdate, feedbackSignal, journalQuery, progressQuery } from '../../workflows/messages.ts';
import { isNotNow } from '../../scripts/steering/is-not-now.ts';
import { until } from '../support/run-experiment.ts';
import { measuredExecution, scriptActivities } from '../support/scripted-activities.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { createEnvironment, withWorkers } from '../support/workflow-environment.ts';

/*
 * A long life at its real size: the server's own limits, 500 trials, and bursts of messages at every moment of it. It
 * takes minutes, so it is a suite of its own: `npm run test:long`. It prints what it has measured.
 */

const trials = 500;
const id = 'five-hundred-trials';
const oneTrial = 3; // calls of language models
const burst = 1_000;
const senders = 4;
/** About a hundred a second in all: the burst has to outlast the moment in which one run hands over to the next. */
const pauseMilliseconds = 40;

describe('an experiment of 500 trials', () => {
  let environment: TestWorkflowEnvironment;

  before(async () => (environment = await createEnvironment()));
  after(async () => await environment.teardown());

  it('passes through several workflow runs, and each of 1,000 signals and 100 updates is applied once', async () => {
    const { activities, inputsOf } = scriptActivities({
      async runTraining({ name }) {
        return measuredExecution(5, name);
      },
    });
    const { client } = environment;
    const handle = client.workflow.getHandle<typeof experiment>(id);
    await withWorkers(environment, activities, async () => {
      const { firstExecutionRunId } = await client.workflow.start<typeof experiment>('experiment', {
        taskQueue: 'experiments',
        workflowId: id,
        args: [{ idea: 'Try it.', title: 'A long life', budget: { trials, hours: 1_000, calls: 10_000 } }],
      });
      const isRenewed = async () => (await handle.describe()).runId !== firstExecutionRunId;
      const nearTheEnd = async () => {
        const { historyLength } = await handle.describe();
        return historyLength > 3_000 || (await isRenewed());
      };
      await until(nearTheEnd);
      const sent = sayEverythingThrice(handle);
      await Promise.all([sent, ...extendBudget(handle, 100)]);
      assert.equal((await handle.result()).verdict, 'budgetSpent');
      await assertNothingIsLost(handle, inputsOf('recordMessages'));
    });
    const runs = await runsOf(environment);
    print(runs);
    assert.ok(runs.length > 3, `${runs.length} runs`);
    const reached = runs.filter(({ deliveries }) => deliveries > 0);
    assert.ok(reached.length > 1, 'the burst was over before the experiment continued as new');
    for (const { events } of runs) assert.ok(events < 10_240, `${events} events`);
  });

  type Handle = ReturnType<typeof environment.client.workflow.getHandle<typeof experiment>>;

  async function sayEverythingThrice(handle: Handle): Promise<void> {
    const names = Array.from({ length: burst }, (_, index) => `m${index}`);
    const queue = seededRandom(11).shuffled([...names, ...names, ...names]);
    const sender = async (): Promise<void> => {
      for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
        await handle.signal(feedbackSignal, { text: `say ${name}`, id: name, by: 'anna' });
        await delay(pauseMilliseconds);
      }
    };
    await Promise.all(Array.from({ length: senders }, sender));
  }

  function extendBudget(handle: Handle, times: number): Promise<unknown>[] {
    return Array.from({ length: 4 }, async (_, sender) => {
      for (let index = sender; index < times; index += 4) {
        await untilTaken(() =>
          handle.executeUpdate(extendBudgetUpdate, { args: [{ calls: 1, id: `e${index}` }], updateId: `e${index}` }),
        );
        await delay(senders * pauseMilliseconds);
      }
    });
  }

  async function assertNothingIsLost(handle: Handle, recordings: Record<string, unknown>[]): Promise<void> {
    const progress = await handle.query(progressQuery);
    assert.equal(progress.messages, burst + 100);
    assert.equal(progress.trials, trials);
    assert.equal(progress.title, 'A long life');
    assert.equal(progress.spending?.calls, 2 + trials * oneTrial);
    const pages = await Promise.all([1, 101, 201, 301, 401].map((from) => handle.query(journalQuery, { from })));
    const numbers = pages.flatMap(({ entries }) => entries.map(({ trial }) => trial));
    assert.deepEqual(
      numbers,
      Array.from({ length: trials }, (_, index) => index + 1),
    );
    const ids = recordings.flatMap(({ messages }) => (messages as { id: string }[]).map((message) => message.id));
    assert.equal(ids.length, burst + 100);
    assert.equal(new Set(ids).size, burst + 100);
    assert.deepEqual((await handle.describe()).memo?.['title'], 'A long life');
  }
});

/** While a flood of signals keeps a run from handing over, the server takes no update and says so: it is sent again. */
async function untilTaken(update: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await update();
      return;
    } catch (error) {
      if (!isNotNow(error)) throw error;
      await delay(500);
    }
  }
}

interface Run {
  events: number;
  /** Of `feedback`, doubled ones too. */
  deliveries: number;
  carriedBytes: number;
  largestPayloadBytes: number;
}

async function runsOf({ client }: TestWorkflowEnvironment): Promise<Run[]> {
  const runs: Run[] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = "${id}"` })) {
    const { events } = await client.workflow.getHandle(id, runId).fetchHistory();
    const list = events ?? [];
    const input = list[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[1]?.data;
    const carried = input == null ? null : (JSON.parse(Buffer.from(input).toString()) as CarriedState);
    runs.push({
      events: list.length,
      deliveries: list.filter((event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'feedback')
        .length,
      carriedBytes: carried === null ? 0 : Buffer.byteLength(JSON.stringify(carried)),
      largestPayloadBytes: Math.max(0, ...list.map(largestPayload)),
    });
  }
  return runs.toReversed();
}

/** Of an activity's input or result. */
function largestPayload(event: temporal.api.history.v1.IHistoryEvent): number {
  const scheduled = event.activityTaskScheduledEventAttributes?.input?.payloads ?? [];
  const completed = event.activityTaskCompletedEventAttributes?.result?.payloads ?? [];
  return Math.max(0, ...[...scheduled, ...completed].map(({ data }) => data?.length ?? 0));
}

function print(runs: readonly Run[]): void {
  console.log('| run | events | deliveries of feedback | carried into it, bytes | largest activity payload, bytes |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const [index, { events, deliveries, carriedBytes, largestPayloadBytes }] of runs.entries()) {
    console.log(`| ${index + 1} | ${events} | ${deliveries} | ${carriedBytes} | ${largestPayloadBytes} |`);
  }
}
