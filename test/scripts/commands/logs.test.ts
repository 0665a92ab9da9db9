import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asSoFar } from '../../../activities/execution-logs/digest-log.ts';
import { experimentLogs } from '../../support/experiment-logs.ts';
import { runCommand } from '../../support/run-command.ts';
import { startLongrun } from '../../support/run-longrun.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('longrun logs', () => {
  const folder = temporaryFolder();

  async function prepare(seeds = 1) {
    const files = experimentLogs(folder());
    await files.open(seeds);
    return {
      ...files,
      logs: (...given: string[]) => runCommand(['logs', 'digits', ...given], files.environment),
      follow: (...given: string[]) => startLongrun(['logs', 'digits', '--follow', ...given], files.environment),
    };
  }

  /** Two seeds of trial 1 that have ended and were accepted. */
  async function prepareEnded() {
    const files = await prepare(2);
    for (const seed of [0, 1]) {
      await files.publish(`001/seed-${seed}/log.txt`, `loss 0.${seed}\n`);
      await files.publish(`001/seed-${seed}/result.json`, '{}');
      await files.publish(`001/seed-${seed}/digest.md`, `Digest ${seed}.\n`);
    }
    return files;
  }

  describe('with --digest, or none of the three', () => {
    it('shows the published digest of each execution that has ended', async () => {
      const { logs } = await prepareEnded();
      assert.deepEqual(await logs('1'), {
        status: 0,
        stderr: '',
        stdout: '# digits, trial 1, seed-0: ended\n\nDigest 0.\n\n# digits, trial 1, seed-1: ended\n\nDigest 1.\n',
      });
    });

    it('makes a digest of what a running training has printed, and says that it is one so far', async () => {
      const { logs, run, placeOf } = await prepare();
      await run('seed-0', `loss 0.5\nsaved to ${placeOf('seed-0').work}/model\n`);
      const { stdout, status } = await logs('--digest');
      assert.match(stdout, /^# digits, trial 1, seed-0: running, so far\n\nSo far: .*\n\nLog of \d+ bytes, 2 lines/);
      assert.match(stdout, /saved to model/);
      assert.equal(status, 0);
    });

    it('counts what was freed of a running training', async () => {
      const { logs, run, placeOf } = await prepare();
      await run('seed-0', `first\n${'\0'.repeat(4090)}last\n`);
      await writeHole(placeOf('seed-0').control);
      assert.match((await logs()).stdout, /4090 bytes \(7 lines\) of output were dropped here/);
    });

    it('shows of a training on another host what that host has published, and how old it is', async () => {
      const { logs, publish } = await prepare();
      const file = await publish('001/seed-0/attempts/1-beta/digest.md', asSoFar('Digest.\n'));
      const fiveMinutesAgo = Date.now() / 1000 - 300;
      await utimes(file, fiveMinutesAgo, fiveMinutesAgo);
      const { stdout } = await logs();
      assert.match(
        stdout,
        /^# digits, trial 1, seed-0: running on beta, as it was 5 minutes ago\n\nSo far: .*\n\nDigest/,
      );
    });

    it('makes a digest of what has ended and has none but one so far', async () => {
      const { logs, publish } = await prepare();
      await publish('001/rehearsal-1/log.txt', 'loss 0.5\n');
      await publish('001/rehearsal-1/result.json', '{}');
      await publish('001/rehearsal-1/digest.md', asSoFar('Old.\n'));
      assert.match((await logs()).stdout, /^# digits, trial 1, rehearsal-1: ended\n\nLog of 9 bytes, 1 line/);
    });

    it('makes new digests of the size that --tokens says', async () => {
      const { logs } = await prepareEnded();
      const { stdout } = await logs('1', '--tokens', '500');
      assert.equal([...stdout.matchAll(/^Log of 9 bytes/gm)].length, 2);
    });

    it('prints a JSON object for each execution', async () => {
      const { logs, run } = await prepareEnded();
      await run('rehearsal-1', 'loss 0.5\n');
      const [first, ...others] = linesOf((await logs('--json')).stdout) as Record<string, unknown>[];
      assert.deepEqual({ ...first, digest: '' }, { trial: 1, execution: 'rehearsal-1', state: 'running', digest: '' });
      assert.deepEqual(
        others,
        [0, 1].map((seed) => ({ trial: 1, execution: `seed-${seed}`, state: 'ended', digest: `Digest ${seed}.\n` })),
      );
    });
  });

  describe('with --raw', () => {
    it('prints a log as it is', async () => {
      const { logs, run } = await prepare();
      const output = 'a\rb\n\u001b[31mred\u001b[0m\n\0no end of line';
      await run('seed-0', output);
      assert.deepEqual(await logs('--raw'), { status: 0, stdout: output, stderr: '' });
    });

    it('prints a head before each of several', async () => {
      const { logs } = await prepareEnded();
      assert.equal((await logs('--raw')).stdout, '==> seed-0 <==\nloss 0.0\n\n==> seed-1 <==\nloss 0.1\n');
    });

    it('has the receipt in place of what was freed', async () => {
      const { logs, run, placeOf } = await prepare();
      await run('seed-0', `first\n${'\0'.repeat(4090)}last\n`);
      await writeHole(placeOf('seed-0').control);
      const receipt = '[longrun: 4090 bytes (7 lines) of output were dropped here]\nMETRIC loss=0.5\n';
      assert.equal((await logs('--raw')).stdout, `first\n${receipt}last\n`);
    });

    it('says in JSON where each log lies', async () => {
      const { logs, run } = await prepare();
      const path = await run('seed-0', 'loss 0.5\n');
      assert.deepEqual(linesOf((await logs('--raw', '--json')).stdout), [{ trial: 1, execution: 'seed-0', path }]);
    });

    it('ends well when its reader has seen enough', async () => {
      const { run, environment } = await prepare();
      await run('seed-0', 'a line\n'.repeat(1_000_000));
      const { child, ended } = startLongrun(['logs', 'digits', '--raw'], environment);
      child.stdout.once('data', () => child.stdout.destroy());
      const [[status]] = await Promise.all([once(child, 'exit'), assert.rejects(ended, /Premature close/)]);
      assert.equal(status, 0);
    });
  });

  describe('with --follow', () => {
    it('prints the last ten lines, and ends where every execution has ended', async () => {
      const { follow, run, end } = await prepare();
      await run('seed-0', Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join(''));
      await end('seed-0');
      const { status, stdout } = await follow().ended;
      assert.equal(stdout, Array.from({ length: 10 }, (_, index) => `line ${index + 20}\n`).join(''));
      assert.equal(status, 0);
    });

    it('goes on with what is printed, until the training ends', async () => {
      const { follow, run, end } = await prepare();
      const output = await run('seed-0', 'first\n');
      const { child, ended } = follow();
      await once(child.stdout, 'data');
      await appendFile(output, 'second\nwithout an end of line');
      await end('seed-0');
      assert.deepEqual(await ended, { status: 0, stdout: 'first\nsecond\nwithout an end of line\n', stderr: '' });
    });

    it('waits after a rehearsal for each seed, and says whose each line is', async () => {
      const { follow, run, end } = await prepare(2);
      await run('rehearsal-1', 'rehearsed\n');
      await end('rehearsal-1');
      const { child, ended } = follow();
      await once(child.stdout, 'data');
      for (const seed of [0, 1]) {
        await run(`seed-${seed}`, Array.from({ length: 12 }, (_, index) => `line ${index}\n`).join(''));
        await end(`seed-${seed}`);
        if (seed === 0) await once(child.stdout, 'data');
      }
      const { stdout } = await ended;
      assert.equal([...stdout.matchAll(/^\[seed-0\] line/gm)].length, 12, stdout);
      assert.equal([...stdout.matchAll(/^\[seed-1\] line/gm)].length, 12, stdout);
    });

    it('waits for nothing more once the trial is recorded', async () => {
      const { follow, run, end, publish } = await prepare();
      await run('rehearsal-1', 'rehearsed\n');
      await end('rehearsal-1');
      const { child, ended } = follow();
      await once(child.stdout, 'data');
      await publish('001/result.json', '{}');
      assert.equal((await ended).status, 0);
    });

    it('reduces what was drawn over to the last state of each line', async () => {
      const { follow, run, end } = await prepare();
      await run('seed-0', ' 1%|#\r50%|##\r\u001b[1m100%|###\u001b[0m\r\nnext\r\n 7%\r 8%\r');
      await end('seed-0');
      assert.equal((await follow().ended).stdout, '100%|###\nnext\n 8%\n');
    });

    it('prints a JSON object for each line', async () => {
      const { follow, run, end } = await prepare();
      await run('seed-0', 'first\nsecond\n');
      await end('seed-0');
      const expected = ['first', 'second'].map((line) => ({ trial: 1, execution: 'seed-0', line }));
      assert.deepEqual(linesOf((await follow('--json').ended).stdout), expected);
    });

    it('ends well and without a word with Ctrl-C', async () => {
      const { follow, run } = await prepare();
      await run('seed-0', 'first\n');
      const { child, ended } = follow();
      await once(child.stdout, 'data');
      child.kill('SIGINT');
      assert.deepEqual(await ended, { status: 0, stdout: 'first\n', stderr: '' });
    });

    it('says once which executions run on another host, and follows the others', async () => {
      const { follow, run, end, publish } = await prepare();
      await publish('001/rehearsal-1/attempts/1-beta/checkpoints/manifest.json', '{}');
      await run('seed-0', 'first\n');
      await end('seed-0');
      const { status, stdout, stderr } = await follow().ended;
      assert.match(stderr, /^The log of rehearsal-1 is on beta alone: run `longrun logs digits 1 --follow` there\.\n$/);
      assert.deepEqual([status, stdout], [0, 'first\n']);
    });
  });

  describe('without a number', () => {
    it('takes the newest trial that has a log', async () => {
      const { logs, run, publish } = await prepare();
      await run('seed-0', 'of one\n', 1);
      await run('seed-0', 'of two\n', 2);
      await publish('003/train.py', '');
      assert.equal((await logs('--raw')).stdout, 'of two\n');
    });
  });

  describe('where it cannot do what it is asked', () => {
    const failures: [what: string, given: string[], status: number, says: RegExp][] = [
      ['a trial that there is not', ['9'], 1, /^digits has no trial 9: there are 1, 2\.\n$/],
      ['a trial without logs', ['2'], 1, /^Trial 2 of digits has no logs: .*\n$/],
      ['a trial that is no number', ['one'], 2, /must be the number of a trial/],
      ['two kinds at once', ['--raw', '--follow'], 2, /^--raw and --follow exclude each other: choose one\.\n$/],
      ['a size for what is no digest', ['--raw', '--tokens', '900'], 2, /leave it out with --raw\.\n$/],
      ['a size that is too small', ['--tokens', '5'], 2, /at least 500\.\n$/],
    ];
    for (const [what, given, expected, says] of failures) {
      it(`says so in a sentence: ${what}`, async () => {
        const { logs, run, publish } = await prepare();
        await run('seed-0', 'loss 0.5\n');
        await publish('002/train.py', '');
        const { status, stdout, stderr } = await logs(...given);
        assert.match(stderr, says);
        assert.deepEqual([status, stdout], [expected, '']);
      });
    }

    it('says so in a sentence: an experiment that there is not', async () => {
      const { environment } = await prepare();
      for (const id of ['letters', '../digits']) {
        const { status, stderr } = await runCommand(['logs', id], environment);
        assert.deepEqual([status, stderr.split('\n').length], [1, 2]);
        assert.match(stderr, /^There is no experiment .*: LONGRUN_HOME names the folder/);
      }
    });

    it('says so in a sentence: an experiment that has not trained yet', async () => {
      const { status, stderr } = await (await prepare()).logs();
      assert.equal(status, 1);
      assert.match(stderr, /^digits has no logs yet: .*\n$/);
    });

    it('says so in a sentence: a damaged record', async () => {
      const { logs, open } = await prepare();
      await writeFile(await open(), '{"firstExecutionRunId": 1}');
      const { status, stderr } = await logs();
      assert.equal(status, 1);
      assert.match(stderr, /experiment\.json is damaged: .*\n$/);
    });

    for (const flag of ['--raw', '--follow', '--tokens 900']) {
      it(`names the host that alone has the log: ${flag}`, async () => {
        const { logs, publish, state, run } = await prepare();
        // This host was given up, and another one has gone on.
        await run('seed-0', 'old\n');
        await writeFile(join(state, 'host'), 'alpha\n');
        await publish('001/seed-0/attempts/2-beta/digest.md', asSoFar('Digest.\n'));
        const { status, stdout, stderr } = await logs(...flag.split(' '));
        const mend = `run \`longrun logs digits 1 ${flag}\` there, or read its digest here with \`longrun logs digits 1\``;
        assert.deepEqual([status, stdout, stderr], [1, '', `The log of seed-0 is on beta alone: ${mend}.\n`]);
      });
    }
  });
});

async function writeHole(control: string): Promise<void> {
  const dropped = { droppedBytes: 4090, droppedLines: 7, metrics: { loss: '0.5' } };
  await writeFile(
    join(control, 'output.json'),
    JSON.stringify({ headBytes: 6, holeStart: 6, holeEnd: 4096, ...dropped }),
  );
}

function linesOf(text: string): unknown[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}
