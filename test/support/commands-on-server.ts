import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedEnvironment } from './root-hooks.ts';
import { runCommand } from './run-command.ts';
import { runLongrun, type Ended } from './run-longrun.ts';

/** Commands that find the shared server as the one that `longrun up` has started. Call it inside of `describe`. */
export function commandsOnServer() {
  const folder = mkdtempSync(join(tmpdir(), 'longrun-test-'));
  const environment = { LONGRUN_HOME: folder, LONGRUN_STATE: folder, DISPLAY: '', WAYLAND_DISPLAY: '' };

  before(async () => {
    const { address } = (await sharedEnvironment()).connection.options;
    writeFileSync(join(folder, 'temporal.json'), JSON.stringify({ address, ui: 'http://127.0.0.1:8233' }));
  });

  after(() => rmSync(folder, { recursive: true }));

  const longrun = (...words: string[]): Promise<Ended> => runCommand(words, environment);

  /** What it says where all is well. */
  async function said(...words: string[]): Promise<string> {
    const { status, stdout, stderr } = await longrun(...words);
    assert.deepEqual([status, stderr], [0, ''], words.join(' '));
    return stdout.trimEnd();
  }

  const json = async (...words: string[]): Promise<Record<string, unknown>> =>
    JSON.parse(await said(...words, '--json')) as Record<string, unknown>;

  const inOwnProcess = (words: string[], input?: string): Promise<Ended> =>
    runLongrun(words, { ...process.env, ...environment }, input);

  /** With status 1, and nothing on standard output. */
  const assertRefused = async (words: string[], says: string): Promise<void> =>
    assert.deepEqual(await longrun(...words), { status: 1, stdout: '', stderr: `${says}\n` });

  /** In `folder` are the artifacts, too. */
  return { folder, longrun, said, json, inOwnProcess, assertRefused };
}
