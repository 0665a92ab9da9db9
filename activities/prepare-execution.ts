import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { failureType } from '../workflows/domain/failure-type.ts';
import { threadsPerSlot, type Host } from './adapters/host.ts';
import { installedEnvironment } from './adapters/python-packages.ts';
import { sandboxMend } from './adapters/sandbox-mend.ts';
import type { SandboxSpec } from './adapters/sandbox.ts';
import type { ExecutionSpec } from './adapters/supervised-process.ts';
import { dataFolder } from './data-place.ts';
import type { HostDependencies } from './dependencies.ts';
import { executionLimits, stallLimits, unattendedLimits } from './execution-limits.ts';
import { workFolderOfScript, type ExecutionPlace } from './execution-place.ts';
import { gpuPreflight } from './gpu-preflight.ts';
import { restoreCheckpoint } from './restore-checkpoint.ts';
import type { ExecutionRequest, Watched } from './run-training.ts';

const harness = fileURLToPath(new URL('./python/longrun.py', import.meta.url));

/** Lays out the script's folder and says what is to be run. Doing it again changes nothing. */
export async function prepareExecution({ dependencies, request, place }: Watched): Promise<ExecutionSpec> {
  const { artifacts, host, orphanHours } = dependencies;
  const python = await equippedPython(dependencies, request);
  const dataSets = request.resources.data.map(({ source }) => ({ name: source.name, path: dataFolder(host, source) }));
  const sandbox = sandboxSpec(host, {
    dataSets,
    readOnlyPaths: python === host.python ? [] : [dirname(dirname(python))],
    preflight: gpuPreflight(host, request.resources.gpus),
  });
  const script = await artifacts.folder(request.experiment.id).read(request.script.path);
  await mkdir(place.work, { recursive: true });
  await putFile(join(place.control, 'owner.json'), (file) => writeFile(file, JSON.stringify(ownerOf())));
  await putFile(join(place.work, 'train.py'), (file) => writeFile(file, script));
  await putFile(join(place.work, 'longrun.py'), (file) => copyFile(harness, file));
  if (request.placement.earlierHosts.length > 0) await restoreCheckpoint(dependencies, request, place);
  return {
    identity: identityOf(request),
    command: [python, 'train.py'],
    workFolder: place.work,
    environment: environmentOf(host, request, { place, python }),
    outputFile: place.output,
    metricsFile: place.metrics,
    deadlineSeconds: request.deadlineSeconds,
    ...unattendedLimits(request.resources.hostLossMinutes, orphanHours),
    slots: host.slots,
    slotCount: slotCountOf(host, request),
    visibleDevices: visibleDevicesVariable[host.accelerator],
    limits: await executionLimits(host),
    stall: stallLimits,
    sandbox,
  };
}

/**
 * The interpreter with the packages that the script has declared. Throws `Execution.NotEquipped` where packages or
 * fetched data are not on this host yet, which was given a training that another host had prepared.
 */
async function equippedPython({ artifacts, host }: HostDependencies, request: ExecutionRequest): Promise<string> {
  const { experiment, lock, resources } = request;
  const text = lock === null ? null : await artifacts.folder(experiment.id).read(lock.path);
  const python = text === null ? host.python : installedEnvironment(host.installer, text);
  const missing = resources.data.filter(({ source }) => !existsSync(dataFolder(host, source)));
  if (python !== null && missing.length === 0) return python;
  const lacks = [...(python === null ? ['packages'] : []), ...missing.map(({ source }) => `data ${source.name}`)];
  throw ApplicationFailure.create({
    type: failureType.notEquipped,
    message: `${host.name} does not have ${lacks.join(', ')} yet.`,
    details: [{ host: host.name }],
  });
}

/** A script that must not run unprotected does not run: the error says how to mend the host. */
export function assertSandboxed({ sandbox }: Host): void {
  if (sandbox.kind !== 'unavailable') return;
  throw ApplicationFailure.nonRetryable(
    `Generated scripts cannot be run in a sandbox here (${sandbox.reason}): ${sandboxMend()}.`,
    failureType.sandboxUnavailable,
  );
}

/** `readOnlyPaths`: beside those of the interpreter. */
type GivenToSandbox = Pick<SandboxSpec, 'dataSets' | 'readOnlyPaths' | 'preflight'>;

/** Null where scripts run with the rights of the worker, which somebody has said. Throws as `assertSandboxed` does. */
export function sandboxSpec(host: Host, given: GivenToSandbox): SandboxSpec | null {
  assertSandboxed(host);
  if (host.sandbox.kind !== 'bubblewrap') return null;
  return {
    bubblewrap: host.sandbox.bubblewrap,
    temporaryBytes: 2 ** 30,
    // PyTorch's loaders hand over whole batches through it; too small a one ends them by SIGBUS.
    sharedMemoryBytes: 8 * 2 ** 30,
    ...given,
    readOnlyPaths: [...host.sandbox.readOnlyPaths, ...given.readOnlyPaths],
  };
}

/** Whose execution it is: the sweep ends what belongs to a workflow that has ended. */
function ownerOf(): { workflowId: string; namespace: string } {
  const { workflowExecution, namespace } = Context.current().info;
  return { workflowId: workflowExecution?.workflowId ?? '', namespace };
}

const visibleDevicesVariable = { cuda: 'CUDA_VISIBLE_DEVICES', rocm: 'ROCR_VISIBLE_DEVICES', cpu: null } as const;

function slotCountOf(host: Host, { resources }: ExecutionRequest): number {
  return host.accelerator === 'cpu' ? 1 : resources.gpus;
}

/** The same script with the same settings is the same execution; anything else is refused by the supervisor. */
function identityOf({ script, seed, isRehearsal, deadlineSeconds, lock, resources }: ExecutionRequest): string {
  const { gpus, data } = resources;
  return createHash('sha256')
    .update(
      JSON.stringify({ script: script.sha256, seed, isRehearsal, deadlineSeconds, lock: lock?.sha256, gpus, data }),
    )
    .digest('hex');
}

/**
 * The script's whole environment. No key can be in it, because nothing is inherited. Waiting threads sleep instead of
 * spinning: on a shared host that is measured to be 3 to 20 times faster.
 */
function environmentOf(
  host: Host,
  request: ExecutionRequest,
  { place, python }: { place: ExecutionPlace; python: string },
): Record<string, string> {
  const threads = String(threadsPerSlot(host));
  const work = workFolderOfScript(host, place);
  return {
    PATH: `${dirname(python)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: work,
    // Libraries ask for a name, and the user of a sandbox has none.
    USER: 'trainer',
    LOGNAME: 'trainer',
    LANG: 'C.UTF-8',
    PYTHONUNBUFFERED: '1',
    PYTHONFAULTHANDLER: '1',
    NO_COLOR: '1',
    TOKENIZERS_PARALLELISM: 'false',
    HF_HUB_OFFLINE: '1',
    OMP_WAIT_POLICY: 'passive',
    OMP_NUM_THREADS: threads,
    OPENBLAS_NUM_THREADS: threads,
    MKL_NUM_THREADS: threads,
    LONGRUN_OUTPUT: work,
    LONGRUN_SEED: String(request.seed),
    LONGRUN_REHEARSAL: request.isRehearsal ? '1' : '0',
    LONGRUN_DIRECTION: request.metric.direction,
    ...gpuEnvironment(host, request.resources.gpus),
  };
}

/** Several GPUs need processes that find each other: `torchrun` and `init_process_group` read these. */
function gpuEnvironment({ accelerator }: Host, gpus: number): Record<string, string> {
  if (accelerator === 'cpu') return { LONGRUN_GPUS: '0' };
  return { LONGRUN_GPUS: String(gpus), ...(gpus > 1 ? { MASTER_ADDR: '127.0.0.1', MASTER_PORT: '29500' } : {}) };
}

async function putFile(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  await write(temporary);
  await rename(temporary, file);
}
