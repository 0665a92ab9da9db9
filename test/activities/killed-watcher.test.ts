import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ExecutionRequest } from '../../activities/execution-request.ts';
import type { Execution } from '../../workflows/domain/execution.ts';
import { killAll } from '../support/process-life.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aHost, aRequest, endTrainings, hostDependencies, placeOf, watch } from '../support/training.ts';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const entry = fileURLToPath(new URL('../support/watcher-process.ts', import.meta.url));

/** Notes its start, logs steps 1 to 5, waits for a file `go` after the third, and ends. */
const stepwise = `
import os, time, longrun
with open("starts", "a") as file:
    file.write(f"{os.getpid()}\\n")
for step in range(1, 6):
    longrun.log(step, loss=1 / step)
    while step == 3 and not os.path.exists("go"):
        time.sleep(0.02)
longrun.finish(val_error=0.25)
`;

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** What must hold whenever the watcher died: one trainer, no step twice, the result of an undisturbed training. */
async function assertUndisturbed(work: string, { outcome, metrics }: Execution): Promise<void> {
  assert.deepEqual(outcome, { kind: 'completed', metric: 0.25 });
  assert.deepEqual(metrics, { loss: 0.2, val_error: 0.25 });
  assert.equal((await readFile(join(work, 'starts'), 'utf8')).trim().split('\n').length, 1);
  const lines = (await readFile(join(work, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).step),
    [1, 2, 3, 4, 5],
  );
}

describe('a watcher that is killed with SIGKILL', () => {
  const folder = temporaryFolder(async (place) => {
    const pidFile = join(place, 'slow-python.pid');
    if (existsSync(pidFile)) await killAll([Number(readFileSync(pidFile, 'utf8'))]);
    await endTrainings(place);
  });
  const children = new Set<ChildProcess>();

  afterEach(() => {
    children.forEach((child) => child.kill('SIGKILL'));
    children.clear();
  });

  async function prepare() {
    const dependencies = hostDependencies(folder());
    const request = await aRequest(dependencies, stepwise);
    return { dependencies, request, ...placeOf(dependencies, request) };
  }

  async function startWatcher(request: ExecutionRequest, supervisorPython?: string): Promise<ChildProcess> {
    const requestFile = join(folder(), 'request.json');
    await writeFile(requestFile, JSON.stringify(request));
    const log = openSync(join(folder(), 'watcher.log'), 'a');
    const child = fork(entry, [folder(), requestFile, ...(supervisorPython === undefined ? [] : [supervisorPython])], {
      execArgv: ['--import', tsx],
      stdio: ['ignore', log, log, 'ipc'],
    });
    children.add(child);
    return child;
  }

  /** The supervisor's interpreter with a stop on the way: it waits before or after it does what it is asked. */
  async function slowSupervisor(when: 'before' | 'after'): Promise<string> {
    const file = join(folder(), 'slow-python');
    const real = `"${aHost(folder()).supervisorPython}" "$@"`;
    const reached = `touch "${join(folder(), 'reached')}"`;
    const body =
      when === 'before'
        ? `${reached}\nsleep 1\nexec ${real}`
        : `${real} > /dev/null\necho $$ > "${join(folder(), 'slow-python.pid')}"\n${reached}\nexec sleep 600`;
    await writeFile(file, `#!/bin/sh\n${body}\n`);
    await chmod(file, 0o755);
    return file;
  }

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      for (const child of children) {
        if (child.exitCode) throw new Error(readFileSync(join(folder(), 'watcher.log'), 'utf8'));
      }
      await delay(20);
    }
  }

  for (const when of ['before', 'after'] as const) {
    it(`${when} the supervisor did what it was asked leaves one training and the same result`, async () => {
      const { dependencies, request, work } = await prepare();
      const child = await startWatcher(request, await slowSupervisor(when));
      await until(() => existsSync(join(folder(), 'reached')));
      await kill(child);
      await writeFile(join(work, 'go'), '');
      await assertUndisturbed(work, await watch(dependencies, request).result);
    });
  }

  it('while the training runs leaves one training and the same result', async () => {
    const { dependencies, request, work } = await prepare();
    const child = await startWatcher(request);
    await until(() => existsSync(join(work, 'metrics.jsonl')));
    await kill(child);
    const next = watch(dependencies, request);
    await next.beatWhere(({ step }) => step === 3);
    await writeFile(join(work, 'go'), '');
    await assertUndisturbed(work, await next.result);
  });

  it('between the end of the training and the report of it leaves one training and the same result', async () => {
    const { dependencies, request, work, control } = await prepare();
    const child = await startWatcher(request);
    await until(() => existsSync(join(work, 'metrics.jsonl')));
    child.kill('SIGSTOP');
    await writeFile(join(work, 'go'), '');
    await until(() => existsSync(join(control, 'exit.json')));
    await kill(child);
    await assertUndisturbed(work, await watch(dependencies, request).result);
  });
});
