import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { startDevelopmentServer, type DevelopmentServer } from '../../scripts/development-server/development-server.ts';
import { someResources } from '../support/builders.ts';
import { isAlive } from '../support/process-life.ts';
import { notingScript, openTrialBench, type TrialBench } from '../support/trial-bench.ts';
import { assertUndisturbed } from '../support/undisturbed.ts';

/** More steps than any test waits for: the test lets the training end. */
const script = notingScript(100_000, 0.05);

/** Until the server has a heartbeat of the training that is newer than this moment. */
async function untilHeardAgain(handle: WorkflowHandle): Promise<void> {
  const now = Date.now();
  for (;;) {
    const { pendingActivities } = (await handle.describe()).raw;
    if (pendingActivities?.some((each) => each.heartbeatDetails && tsToMs(each.lastHeartbeatTime) > now)) return;
    await delay(100);
  }
}

describe('the loss of the Temporal server in a training', function () {
  this.timeout(60_000);
  let stateFolder: string;
  let server: DevelopmentServer;
  let bench: TrialBench;

  beforeEach(async () => {
    stateFolder = await realpath(await mkdtemp(join(tmpdir(), 'longrun-server-')));
    server = await startDevelopmentServer({ stateFolder, port: 0, uiPort: 0 });
    bench = await openTrialBench(
      script,
      await TestWorkflowEnvironment.createFromExistingServer({ address: server.address }),
    );
  });

  afterEach(async () => {
    await bench.close();
    await server.stop();
    await rm(stateFolder, { recursive: true, force: true });
  });

  async function untilStep(step: number): Promise<void> {
    while ((bench.moments().at(-1)?.step ?? 0) < step) await delay(50);
  }

  /** `kill -9`, and a server on the same database and port once the training has done so many steps without one. */
  async function loseServer(stepsMeanwhile: number): Promise<void> {
    process.kill(server.pid, 'SIGKILL');
    while (isAlive(server.pid)) await delay(20);
    await untilStep((bench.moments().at(-1)?.step ?? 0) + stepsMeanwhile);
    server = await startDevelopmentServer({ stateFolder, port: Number(server.address.split(':')[1]), uiPort: 0 });
  }

  it('is not noticed by the training, and its trial completes when the server is back', async () => {
    await bench.startHost('alpha');
    const handle = await bench.startTrial();
    await untilStep(20);
    await loseServer(60);
    await untilHeardAgain(handle);
    await bench.letGo('alpha');
    await assertUndisturbed(bench, 'alpha', await handle.result());
  });

  it('for longer than the heartbeat time-out is not noticed either, whoever watches then', async () => {
    await bench.startHost('alpha');
    // The server may give the watcher up after 15 seconds then, and the training would stop after 45.
    const handle = await bench.startTrial({ resources: someResources({ hostLossMinutes: 1 }) });
    await untilStep(20);
    await loseServer(400);
    await untilHeardAgain(handle);
    await bench.letGo('alpha');
    await assertUndisturbed(bench, 'alpha', await handle.result());
  });
});
