import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockWorkers } from '../../scripts/development-server/workers-lock.ts';
import { UserError } from '../../scripts/user-error.ts';
import { until } from '../support/run-experiment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const module = fileURLToPath(new URL('../../scripts/development-server/workers-lock.ts', import.meta.url));

describe('the lock on the workers of a state folder', () => {
  const folder = temporaryFolder();

  it('refuses a second set, and says which process has the first one', async () => {
    const release = await lockWorkers(folder());
    const said = new RegExp(
      `^Longrun runs in ${folder()} already \\(process ${process.pid}, since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC\\): `,
    );
    await assert.rejects(lockWorkers(folder()), (error) => error instanceof UserError && said.test(error.message));
    await release();
    await (
      await lockWorkers(folder())
    )();
  });

  it('is free when its holder was killed', async () => {
    const program = `const { lockWorkers } = await import(${JSON.stringify(module)});
      await lockWorkers(${JSON.stringify(folder())}); console.log('held');`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await assert.rejects(lockWorkers(folder()), new RegExp(`process ${child.pid}`));
    child.kill('SIGKILL');
    let release: (() => Promise<void>) | null = null;
    await until(async () => (release = await lockWorkers(folder()).catch(() => null)) !== null);
    assert.ok(release);
    await (release as () => Promise<void>)();
  });

  it('is given up where its record cannot be written', async () => {
    await mkdir(join(folder(), 'workers.json'));
    await assert.rejects(lockWorkers(folder()), /EISDIR/);
    await rm(join(folder(), 'workers.json'), { recursive: true });
    await (
      await lockWorkers(folder())
    )();
  });

  it('needs no record to refuse a second set', async () => {
    const release = await lockWorkers(folder());
    await writeFile(join(folder(), 'workers.json'), '');
    await assert.rejects(lockWorkers(folder()), /^Error: Longrun runs in \S+ already: /);
    await release();
  });
});
