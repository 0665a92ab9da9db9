import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/temporary-folder.ts';

const longrun = fileURLToPath(new URL('../../scripts/longrun.mjs', import.meta.url));

describe('longrun start', () => {
  const folder = temporaryFolder();

  it('names each wrong part of a budget before it connects to anything', () => {
    const idea = join(folder(), 'IDEA.md');
    writeFileSync(idea, 'Does label smoothing help?');
    const budget = ['--usd', '-1', '--calls', '1.5', '--when-spent', 'panic'];
    const environment = { PATH: process.env['PATH'], LONGRUN_STATE: folder(), TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const { status, stderr } = spawnSync(process.execPath, [longrun, 'start', idea, ...budget], {
      env: environment,
      encoding: 'utf8',
    });
    assert.equal(status, 2, stderr);
    assert.match(stderr, /budget\.usd: .*budget\.calls: .*budget\.whenSpent: must be finish or wait/);
  });
});
