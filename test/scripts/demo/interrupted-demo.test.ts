import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { processTree, stillRunning } from '../../support/process-tree.ts';
import { startLongrun } from '../../support/run-longrun.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('a demo that is interrupted by an impatient person', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();

  it('cancels its experiment, says how it ended, and leaves nothing running', async () => {
    const places = { LONGRUN_HOME: join(folder(), 'experiments'), LONGRUN_STATE: join(folder(), 'state') };
    const { child, ended } = startLongrun(['demo', '--json'], { ...process.env, ...places });
    await once(createInterface(child.stdout), 'line');
    const processes = processTree(child.pid ?? 0);
    child.kill('SIGINT');
    await once(createInterface(child.stderr), 'line');
    child.kill('SIGINT');
    const { status, stdout, stderr } = await ended;
    const lines = stdout.trimEnd().split('\n');
    const { report: _report, ...end } = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
    assert.deepEqual(end, { event: 'end', id: 'digits-1', status: 'CANCELLED', result: null, failure: null });
    const files = `The files of digits-1 are in ${join(places.LONGRUN_HOME, 'digits-1')}.\n`;
    assert.deepEqual([status, stderr.includes(files), stillRunning(processes)], [1, true, []]);
    assert.ok(processes.length > 4, 'the server, the model and the workers were seen');
  });
});
