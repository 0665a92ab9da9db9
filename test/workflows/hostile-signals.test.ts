import assert from 'node:assert/strict';
import type { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { taskQueue } from '../../workflows/domain/task-queue.ts';
import { sharedEnvironment } from '../support/root-hooks.ts';
import { gate, until } from '../support/run-experiment.ts';
import { measuredExecution, scriptActivities } from '../support/scripted-activities.ts';
import { withExperiment } from '../support/steered-experiment.ts';
import { withWorkers } from '../support/workflow-environment.ts';

interface RawSignal {
  name: string;
  data: string;
  encoding?: string;
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** As any client of Temporal may send it. */
async function send(workflowId: string, { name, data, encoding = 'json/plain' }: RawSignal): Promise<void> {
  const { client } = await sharedEnvironment();
  await client.workflowService.signalWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId },
    signalName: name,
    input: { payloads: [{ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) }] },
  });
}

/** Sends them while the only trial trains, and then lets it end. Returns why messages were refused. */
async function refusedOf(signals: RawSignal[], recipient = (experiment: string) => experiment): Promise<string[]> {
  const training = gate();
  let problems: string[] = [];
  const runTraining = async ({ name }: { name: string }) => {
    await training.opened;
    return measuredExecution(1, name);
  };
  await withExperiment({ runTraining }, async (handle, { inputsOf }) => {
    await until(() => inputsOf('runTraining').length === 1);
    for (const signal of signals) await send(recipient(handle.workflowId), signal);
    training.open();
    assert.equal((await handle.result()).verdict, 'goalReached');
    problems = inputsOf('recordMessages').flatMap(({ messages }) =>
      (messages as { kind: string; problem: string }[]).map(({ kind, problem }) => `${kind}: ${problem}`),
    );
  });
  return problems;
}

describe('an experiment that strangers send signals to', () => {
  it('refuses what is no JSON, or not in the encoding of JSON', async () => {
    const problems = await refusedOf([
      { name: 'feedback', data: '{nope' },
      { name: 'feedback', data: 'Widen it.', encoding: 'text/plain' },
      { name: 'pause', data: '{}', encoding: 'json/protobuf' },
    ]);
    assert.equal(problems.length, 3);
    for (const problem of problems) assert.match(problem, /^refused: must be JSON \(encoding json\/plain\): ./);
  });

  it('refuses what is nested more deeply than can be written', async () => {
    const signals = [5_000, 100_000].map((depth) => ({ name: 'feedback', data: `{"text":${nested(depth)}}` }));
    const [shallow = '', deep] = await refusedOf(signals);
    assert.match(shallow, /^refused: (has \d+ bytes as JSON|is nested too deeply)/);
    assert.equal(deep, 'refused: is nested too deeply');
  });

  it('refuses a signal whose name it does not know, with those that there are', async () => {
    const [problem] = await refusedOf([{ name: 'feedbck', data: '{"text":"Widen it.","by":"ada"}' }]);
    assert.equal(problem, 'refused: there is no such signal; there are feedback, pause, resume, stop');
  });

  it('refuses one with a name that the SDK keeps for itself', async () => {
    const [problem = ''] = await refusedOf([{ name: '__temporal_x', data: '{}' }]);
    assert.match(problem, /^refused: there is no such signal/);
  });

  it('leaves aside what says that its trial sends it', async () => {
    const statuses = ['null', '{}', '[]', '{"hold":"x"}', '{"hold":null,"spending":{}}', '{nope'];
    assert.deepEqual(await refusedOf(statuses.map((data) => ({ name: 'trialStatus', data }))), []);
  });

  it('has a trial that leaves aside what says that its experiment sends it', async () => {
    const deep = `{"messages":0,"models":{"coder":${nested(100_000)}},"allowance":{"tokens":null,"usd":null,"calls":null},
      "nudges":{"resumes":0,"extensions":0}}`;
    const guidances = ['null', '{}', '{"messages":1}', '{nope', deep].map((data) => ({ name: 'guidance', data }));
    assert.deepEqual(await refusedOf(guidances, (experiment) => `${experiment}-trial-001`), []);
  });

  it('fails at once where its input is no JSON', async () => {
    const { client } = await sharedEnvironment();
    const workflowId = 'not-json';
    await withWorkers(await sharedEnvironment(), scriptActivities().activities, async () => {
      await client.workflowService.startWorkflowExecution({
        namespace: 'default',
        workflowId,
        requestId: workflowId,
        workflowType: { name: 'experiment' },
        taskQueue: { name: taskQueue.experiments },
        input: { payloads: [{ metadata: { encoding: Buffer.from('text/plain') }, data: Buffer.from('An idea.') }] },
      });
      await assert.rejects(client.workflow.getHandle(workflowId).result(), ({ cause }: WorkflowFailedError) => {
        assert.ok(cause instanceof ApplicationFailure);
        assert.equal(cause.type, failureType.invalidInput);
        assert.match(cause.message, /^The input must be JSON \(encoding json\/plain\): ./);
        return true;
      });
    });
  });
});
