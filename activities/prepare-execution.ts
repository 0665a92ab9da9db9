import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { threadsPerSlot, type Host } from './adapters/host.ts';
import { putFile } from './adapters/put-file.ts';
import type { ExecutionSpec } from './adapters/supervised-process.ts';
import { currentOwner } from './current-owner.ts';
import { dataFolder } from './data-place.ts';
import { equippedPython } from './equipped-python.ts';
import { executionLimits, stallLimits, unattendedLimits } from './execution-limits.ts';
import { workFolderOfScript, type ExecutionPlace } from './execution-place.ts';
import { gpuPreflight } from './gpu-preflight.ts';
import { restoreCheckpoint } from './restore-checkpoint.ts';
import type { ExecutionRequest } from './execution-request.ts';
import type { Watched } from './watched.ts';
import { sandboxSpec } from './sandbox-spec.ts';

const harness = readFileSync(new URL('./python/longrun.py', import.meta.url));

/** Lays out the script's folder and says what is to be run. Doing it again changes nothing. */
export async function prepareExecution({ dependencies, request, place }: Watched): Promise<ExecutionSpec> {
  const { artifacts, host, orphanHours } = dependencies;
  const python = await equippedPython(dependencies, request);
  const dataSets = request.resources.data.map(({ source }) => ({ name: source.name, path: dataFolder(host, source) }));
  const sandbox = await sandboxSpec(host, {
    dataSets,
    readOnlyPaths: python === host.python ? [] : [dirname(dirname(python))],
    preflight: gpuPreflight(host, request.resources.gpus),
  });
  const script = await artifacts.folder(request.experiment.id).read(request.script.path);
  await mkdir(place.work, { recursive: true });
  if (ownsFile(place.work)) await chmod(place.work, 0o700);
  await putFile(join(place.control, 'owner.json'), JSON.stringify(currentOwner()));
  await putFile(join(place.work, 'train.py'), script);
  await putFile(join(place.work, 'longrun.py'), harness);
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
    LONGRUN_GPUS: String(host.accelerator === 'cpu' ? 0 : request.resources.gpus),
    ...meetingPlace(request),
  };
}

/**
 * Processes on several GPUs find each other by these: `torchrun` and `init_process_group` read them. A sandbox has a
 * network of its own, where any port is free; without one, trainings side by side should not meet.
 */
function meetingPlace(request: ExecutionRequest): Record<string, string> {
  return {
    MASTER_ADDR: '127.0.0.1',
    MASTER_PORT: String(20_000 + (parseInt(identityOf(request).slice(0, 8), 16) % 10_000)),
  };
}

/** As an ordinary user we own what the script made unreadable; as root nothing is unreadable. */
function ownsFile(file: string): boolean {
  return statSync(file).uid === process.getuid?.();
}
