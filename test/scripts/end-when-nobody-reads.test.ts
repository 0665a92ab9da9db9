import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import { endWhenNobodyReads, goOnWhenNobodyReads } from '../../scripts/end-when-nobody-reads.ts';
import { startLongrun } from '../support/run-longrun.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('a command that nobody reads any more', () => {
  const folder = temporaryFolder();

  it('ends with 0 and without a word', async () => {
    const experiment = join(folder(), 'digits-1');
    mkdirSync(experiment);
    const record = { firstExecutionRunId: 'run', settings: { seeds: 1 } };
    writeFileSync(join(experiment, 'experiment.json'), JSON.stringify(record));
    writeFileSync(join(experiment, 'report.html'), '');
    writeFileSync(join(experiment, 'REPORT.md'), 'A line.\n'.repeat(100_000));
    const { child, ended } = startLongrun(['report', 'digits-1'], { ...process.env, LONGRUN_HOME: folder() });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    await Promise.allSettled([ended, once(child, 'close')]);
    assert.deepEqual([child.exitCode, errors], [0, '']);
  });

  it('goes on where it would leave something running behind', () => {
    const exit = mock.method(process, 'exit', () => undefined);
    goOnWhenNobodyReads();
    try {
      for (const stream of [process.stdout, process.stderr]) {
        stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      }
      assert.equal(exit.mock.callCount(), 0);
    } finally {
      exit.mock.restore();
      endWhenNobodyReads();
    }
  });
});
