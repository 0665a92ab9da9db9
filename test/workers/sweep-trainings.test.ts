import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Missing } from '../../workers/abandoned-execution.ts';
import { cleanUpExecutions } from '../../workers/clean-up-executions.ts';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import { sweepTrainings } from '../../workers/sweep-trainings.ts';
import { readExit } from '../../activities/adapters/supervised-process.ts';
import { controlRoot } from '../../activities/execution-place.ts';
import { aCountingTraining, watchCounting } from '../support/counting-training.ts';
import { failureOf } from '../support/failures.ts';
import { letGo, startsIn } from '../support/patient-training.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { endTrainings } from '../support/training.ts';

type Answer = 'RUNNING' | 'COMPLETED' | 'TERMINATED' | 'not found' | 'silence';

async function describeAs(answer: Answer) {
  if (answer === 'not found') throw new WorkflowNotFoundError('no such workflow', 'digits-trial-001', undefined);
  if (answer === 'silence') throw new Error('no answer');
  return { status: { name: answer } };
}

describe('the sweep of trainings', () => {
  const folder = temporaryFolder(endTrainings);

  /** An execution that was started and has no end, and a server that says this of its workflow. */
  async function anExecution(answer: Answer, { files = [] as string[], namespace = 'default' } = {}) {
    const control = join(folder(), 'digits+11111111', 'trial-001', 'seed-0');
    await mkdir(control, { recursive: true });
    await writeFile(join(control, 'state.json'), '{}');
    await writeFile(join(control, 'owner.json'), JSON.stringify({ workflowId: 'digits-trial-001', namespace }));
    for (const file of files) await writeFile(join(control, file), '{}');
    const missing: Missing = new Map();
    let now = 0;
    return {
      isAskedToStop: () => existsSync(join(control, 'stop')),
      sweep: async (minutesLater = 0): Promise<void> => {
        now += minutesLater * 60_000;
        await sweepTrainings(
          {
            controlRoot: folder(),
            client: { workflow: { getHandle: () => ({ describe: () => describeAs(answer) }) } } as never,
            namespace: 'default',
            supervisorPython: managedPython().python,
            logger: { info() {}, warn() {} },
            now: () => now,
          },
          missing,
        );
      },
    };
  }

  /** A training that a person has paused, and that is swept and cleaned up; of its workflow the server says this. */
  async function pausedAndSwept(answer: Answer) {
    const training = await aCountingTraining(folder());
    const { host } = training.dependencies;
    await failureOf(training.pause());
    const owner = { workflowId: 'digits-trial-001', namespace: 'default' };
    await writeFile(join(training.control, 'owner.json'), JSON.stringify(owner));
    const options = {
      controlRoot: controlRoot(host),
      client: { workflow: { getHandle: () => ({ describe: () => describeAs(answer) }) } } as never,
      namespace: 'default',
      supervisorPython: host.supervisorPython,
      logger: { info() {}, warn() {} },
    };
    const sweepAt = async (now: number): Promise<void> => {
      await sweepTrainings({ ...options, now: () => now }, new Map());
      await cleanUpExecutions({ ...options, now: () => now }, new Map());
    };
    await sweepAt(Date.now());
    return { ...training, sweepLater: () => sweepAt(Date.now() + 30 * 24 * 3600_000) };
  }

  for (const answer of ['COMPLETED', 'TERMINATED'] as const) {
    it(`stops a training whose workflow is ${answer}`, async () => {
      const { sweep, isAskedToStop } = await anExecution(answer);
      await sweep();
      assert.equal(isAskedToStop(), true);
    });
  }

  for (const answer of ['RUNNING', 'silence'] as const) {
    it(`leaves a training alone when the server says: ${answer}`, async () => {
      const { sweep, isAskedToStop } = await anExecution(answer);
      await sweep();
      await sweep(60);
      assert.equal(isAskedToStop(), false);
    });
  }

  it('stops a training of which the server knows nothing, after ten minutes of it', async () => {
    const { sweep, isAskedToStop } = await anExecution('not found');
    await sweep();
    await sweep(9);
    assert.equal(isAskedToStop(), false);
    await sweep(1);
    assert.equal(isAskedToStop(), true);
  });

  for (const [what, options] of Object.entries({
    'what has ended': { files: ['exit.json'] },
    'what belongs to another namespace': { namespace: 'other' },
  })) {
    it(`leaves alone ${what}`, async () => {
      const { sweep, isAskedToStop } = await anExecution('COMPLETED', options);
      await sweep();
      assert.equal(isAskedToStop(), false);
    });
  }

  describe('of a training that a person has paused', () => {
    it('leaves it for the end of its pause while its workflow goes on', async () => {
      const { dependencies, request, control, work, mark, sweepLater } = await pausedAndSwept('RUNNING');
      await sweepLater();
      assert.equal(existsSync(join(control, 'stop')), false);
      await mark(false);
      const { result } = await watchCounting(dependencies, request);
      await letGo(work);
      assert.deepEqual((await result).outcome, { kind: 'completed', metric: 0 });
    });

    it('gives it an end when its workflow has ended, without starting it, so that it is cleaned up', async () => {
      const { control, work, sweepLater } = await pausedAndSwept('COMPLETED');
      assert.equal((await readExit(control))?.reason, 'stopped');
      assert.equal((await startsIn(work)).length, 1);
      await sweepLater();
      assert.deepEqual([existsSync(control), existsSync(work)], [false, false]);
    });
  });
});
