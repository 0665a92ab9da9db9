import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanUpExecutions } from '../../workers/clean-up-executions.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the clean-up of executions', () => {
  const folder = temporaryFolder();
  const day = 24 * 3600;

  /** Whether anything is left of an execution that ended so many days ago and whose workflow is in this state. */
  async function isKept(days: number, status: string): Promise<boolean> {
    const path = join('digits+11111111', 'trial-001', 'seed-0');
    const [control, work] = [join(folder(), 'control', path), join(folder(), 'work', path)];
    for (const place of [control, work]) await mkdir(place, { recursive: true });
    await writeFile(join(control, 'owner.json'), JSON.stringify({ workflowId: 'w', namespace: 'default' }));
    await writeFile(join(control, 'exit.json'), '{}');
    const endedAt = Date.now() / 1000 - days * day;
    await utimes(join(control, 'exit.json'), endedAt, endedAt);
    await cleanUpExecutions(
      {
        controlRoot: join(folder(), 'control'),
        client: { workflow: { getHandle: () => ({ describe: async () => ({ status: { name: status } }) }) } } as never,
        namespace: 'default',
        logger: { info() {}, warn() {} },
        now: Date.now,
      },
      new Map(),
    );
    assert.equal(existsSync(control), existsSync(work));
    return existsSync(control);
  }

  it('takes away what has ended over a week ago with its workflow', async () => {
    assert.equal(await isKept(8, 'COMPLETED'), false);
  });

  it('keeps what has ended lately', async () => {
    assert.equal(await isKept(6, 'COMPLETED'), true);
  });

  it('keeps, however old, what a workflow may still ask for', async () => {
    assert.equal(await isKept(100, 'RUNNING'), true);
  });
});
