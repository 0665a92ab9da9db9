import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSandbox, type Sandbox } from '../../activities/adapters/sandbox.ts';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { theSandbox } from '../support/training.ts';

describe('the sandbox of a host', () => {
  const folder = temporaryFolder();
  const { python } = managedPython();

  const open = (candidates: string[], mode: 'auto' | 'bwrap' | 'off' = 'auto'): Promise<Sandbox> =>
    openSandbox({ mode, candidates, python, supervisorPython: python });

  /** A program in the place of bubblewrap. */
  async function standIn(script: string): Promise<string> {
    const file = join(folder(), 'bwrap');
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return file;
  }

  it('is the first bubblewrap in which the interpreter of trainings starts', async () => {
    const real = await theSandbox();
    assert.ok(real.kind === 'bubblewrap', JSON.stringify(real));
    const sandbox = await open(['/absent/bwrap', await standIn('exit 1'), real.bubblewrap]);
    assert.deepEqual(sandbox, real);
  });

  it('has the folders of that interpreter to read, a virtual environment and its base', async () => {
    const sandbox = await theSandbox();
    assert.ok(sandbox.kind === 'bubblewrap');
    assert.ok(
      sandbox.readOnlyPaths.some((path) => python.startsWith(path)),
      sandbox.readOnlyPaths.join(),
    );
  });

  for (const mode of ['auto', 'bwrap'] as const) {
    it(`is unavailable, and nothing else instead, where none works: ${mode}`, async () => {
      const sandbox = await open(['/absent/bwrap', await standIn('echo "no namespaces here" >&2; exit 1')], mode);
      assert.ok(sandbox.kind === 'unavailable');
      assert.match(sandbox.reason, /\/absent\/bwrap: .*; .*no namespaces here/s);
    });
  }

  it('is unavailable where what runs is not isolated at all', async () => {
    const sandbox = await open([await standIn('exec "$@"')]);
    assert.equal(sandbox.kind, 'unavailable');
  });

  it('is off only when that was said', async () => {
    assert.deepEqual(await open([], 'off'), { kind: 'off' });
  });
});
