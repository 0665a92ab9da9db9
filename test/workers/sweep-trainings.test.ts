import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Missing } from '../../workers/abandoned-execution.ts';
import { sweepTrainings } from '../../workers/sweep-trainings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Answer = 'RUNNING' | 'COMPLETED' | 'TERMINATED' | 'not found' | 'silence';

async function describeAs(answer: Answer) {
  if (answer === 'not found') throw new WorkflowNotFoundError('no such workflow', 'digits-trial-001', undefined);
  if (answer === 'silence') throw new Error('no answer');
  return { status: { name: answer } };
}

describe('the sweep of trainings', () => {
  const folder = temporaryFolder();

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
            logger: { info() {}, warn() {} },
            now: () => now,
          },
          missing,
        );
      },
    };
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
});
