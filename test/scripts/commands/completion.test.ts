import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../support/run-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('longrun completion', () => {
  const folder = temporaryFolder();

  function putExperiment(id: string): void {
    mkdirSync(join(folder(), id));
    writeFileSync(join(folder(), id, 'experiment.json'), '{}');
  }

  it('completes the ids of experiments in bash, and may be set up twice', async () => {
    putExperiment('digits-1');
    putExperiment('mnist-1');
    mkdirSync(join(folder(), 'digits-junk'));
    const { stdout: script } = await runCommand(['completion', 'bash'], {});
    const line = 'COMP_WORDS=(longrun show d); COMP_CWORD=2; _longrun; echo "${COMPREPLY[*]}"';
    const output = execFileSync('bash', ['--norc', '-c', `${script}\n${script}\n${line}`], {
      env: { PATH: process.env['PATH'], LONGRUN_HOME: folder() },
      encoding: 'utf8',
    });
    assert.equal(output, 'digits-1\n');
  });

  it('runs nothing of what is on the command line', async () => {
    const { stdout: script } = await runCommand(['completion', 'bash'], {});
    const file = join(folder(), 'ran');
    const line = `COMP_WORDS=(longrun feedback 'x; touch ${file}' '$(touch ${file})'); COMP_CWORD=3; _longrun; ls ${folder()}`;
    const output = execFileSync('bash', ['--norc', '-c', `${script}\n${line}`], { env: { PATH: process.env['PATH'] } });
    assert.equal(output.toString(), '');
  });

  it('says nothing where the settings are wrong: there is nobody to tell', async () => {
    const wrong = { LONGRUN_HOME: folder(), LONGRUN_SLOTS: 'many' };
    assert.deepEqual(await runCommand(['complete', '--', 'show', ''], wrong), { status: 0, stdout: '', stderr: '' });
  });

  it('refuses a shell that it does not know', async () => {
    const { status, stdout, stderr } = await runCommand(['completion', 'tcsh'], {});
    assert.match(stderr, /Allowed choices are bash, zsh, fish, powershell/);
    assert.deepEqual([status, stdout], [2, '']);
  });
});
