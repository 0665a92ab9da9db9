import assert from 'node:assert/strict';
import { installPackages } from '../../activities/install-packages.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { anExperiment } from '../support/builders.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aHost, aRequest, endTrainings, hostDependencies, theSandbox, watch } from '../support/training.ts';

/** Starts itself twice over, and adds up what both processes have. */
const script = `# /// script
# dependencies = ["torch", "numpy"]
# ///
import os

if "RANK" not in os.environ:
    from torch.distributed.run import main
    meeting = ["--master-addr", os.environ["MASTER_ADDR"], "--master-port", os.environ["MASTER_PORT"]]
    main(["--nproc-per-node", "2", *meeting, __file__])
    raise SystemExit

import longrun
import torch
import torch.distributed as distributed

distributed.init_process_group("gloo")
value = torch.tensor([float(distributed.get_rank() + 1)])
distributed.all_reduce(value)
longrun.log(1, loss=value.item())
longrun.finish(val_error=value.item())
`;

describe('a training of several processes with PyTorch, in the sandbox', function () {
  this.timeout(30 * 60_000);
  const folder = temporaryFolder(endTrainings);

  it('installs what it declares, meets by torchrun without a network, and logs once', async () => {
    const host = aHost(folder(), { sandbox: await theSandbox() });
    const dependencies = hostDependencies(folder(), { host });
    const { script: reference } = await aRequest(dependencies, script);
    const input = { experiment: anExperiment(), script: reference, allowed: ['torch', 'numpy'] };
    const installed = await runIn(anActivityEnvironment(), () => installPackages(dependencies, input));
    assert.ok(installed.kind === 'installed', JSON.stringify(installed));
    const request = await aRequest(dependencies, script, { lock: installed.lock, deadlineSeconds: 600 });
    const { outcome, step } = await watch(dependencies, request).result;
    assert.deepEqual({ outcome, step }, { outcome: { kind: 'completed', metric: 3 }, step: 1 });
  });
});
