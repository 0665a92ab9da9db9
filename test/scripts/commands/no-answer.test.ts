import assert from 'node:assert/strict';
import type { CheckResult } from '../../../scripts/doctor/checks.ts';
import { commandsOnServer } from '../../support/commands-on-server.ts';
import { sharedEnvironment } from '../../support/root-hooks.ts';
import { runCommand } from '../../support/run-command.ts';
import type { Ended } from '../../support/run-longrun.ts';

async function noNamespace(): Promise<string> {
  const { address } = (await sharedEnvironment()).connection.options;
  return `There is no namespace nope on ${address}: check TEMPORAL_NAMESPACE.`;
}

describe('a command about an experiment that does not answer', () => {
  const { folder, longrun, said, json, inOwnProcess, assertRefused } = commandsOnServer();

  describe('where there is no such experiment', () => {
    const commands = [
      ['pause'],
      ['feedback', 'Go on!'],
      ['decide', 'approve'],
      ['budget'],
      ['model'],
      ['plan'],
      ['abandon', '1'],
      ['show'],
      ['watch'],
      ['open'],
    ];
    for (const [command = '', ...words] of commands) {
      it(`${command} says so`, () =>
        assertRefused(
          [command, 'mnist-1', ...words],
          'There is no experiment mnist-1: `longrun list` shows those that there are.',
        ));
    }

    it('a trial is none', async () => {
      const { client } = await sharedEnvironment();
      await client.workflow.start('trial', { workflowId: 'idle-trial-001', taskQueue: 'nobody-polls' });
      await assertRefused(['pause', 'idle-trial-001'], 'idle-trial-001 is a trial, not an experiment.');
    });
  });

  const inNamespace = (...words: string[]) =>
    runCommand(words, { LONGRUN_HOME: folder, LONGRUN_STATE: folder, TEMPORAL_NAMESPACE: 'nope' });

  describe('where there is no such namespace', () => {
    for (const [command = '', ...words] of [['list'], ['show', 'mnist-1'], ['pause', 'mnist-1']]) {
      it(`${command} says so`, async () => {
        const stderr = `${await noNamespace()}\n`;
        assert.deepEqual(await inNamespace(command, ...words), { status: 1, stdout: '', stderr });
      });
    }

    it('doctor finds no server that can be used', async () => {
      const results = JSON.parse((await inNamespace('doctor', '--json')).stdout) as CheckResult[];
      const { state, mend } = results.find(({ name }) => name === 'Temporal server') ?? {};
      assert.deepEqual([state, mend], ['warning', await noNamespace()]);
    });
  });

  describe('where nobody works', () => {
    let paused: Ended;
    let abandoned: Ended;

    before(async () => {
      const { client } = await sharedEnvironment();
      const options = {
        workflowId: 'idle-2026-11-29T03:00:00Z',
        taskQueue: 'nobody-polls',
        args: [{ idea: 'Try it.' }],
      };
      await client.workflow.start('experiment', options);
      // Both wait for a worker, so they do it side by side.
      [paused, abandoned] = await Promise.all([
        longrun('pause', 'idle-2026-11-29T030000Z', '--json'),
        inOwnProcess(['abandon', 'idle-2026-11-29T03:00:00Z', '1']),
      ]);
    });

    it('a signal waits with Temporal, under the name of the folder, too', async () => {
      assert.equal(paused.status, 0);
      const { id: known, message, effect } = JSON.parse(paused.stdout) as Record<string, unknown>;
      assert.deepEqual([known, message], ['idle-2026-11-29T030000Z', null]);
      assert.match(String(effect), /^Temporal has it, but no worker has taken it yet/);
    });

    it('an update is not sent', () => {
      const stderr = 'No worker answers, so nothing was sent: `npx longrun up` starts them.\n';
      assert.deepEqual(abandoned, { status: 1, stdout: '', stderr });
    });

    it('the list says that it runs, which is all that is known', async () => {
      assert.match(await said('list'), /^idle-2026-11-29T030000Z {2}running /m);
    });

    it('its page is found by the workflow id', async () => {
      const link = 'http://127.0.0.1:8233/namespaces/default/workflows/idle-2026-11-29T03%3A00%3A00Z';
      const { isOpened, ...opened } = await json('open', 'idle-2026-11-29T030000Z');
      assert.deepEqual([opened, isOpened], [{ id: 'idle-2026-11-29T030000Z', link }, false]);
    });
  });
});
