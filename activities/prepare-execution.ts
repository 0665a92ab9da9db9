import { createHash, randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadsPerSlot, type Host } from './adapters/host.ts';
import type { ExecutionSpec } from './adapters/supervised-process.ts';
import type { HostDependencies } from './dependencies.ts';
import type { ExecutionPlace } from './execution-place.ts';
import type { ExecutionRequest } from './run-training.ts';

const harness = fileURLToPath(new URL('./python/longrun.py', import.meta.url));

/** How long a training may take to save a checkpoint and leave after it was told to stop. */
const graceSeconds = 60;

/** Lays out the script's folder and says what is to be run. Doing it again changes nothing. */
export async function prepareExecution(
  { artifacts, host }: HostDependencies,
  request: ExecutionRequest,
  place: ExecutionPlace,
): Promise<ExecutionSpec> {
  const script = await artifacts.folder(request.experiment.id).read(request.script.path);
  await mkdir(place.work, { recursive: true });
  if (host.gpus.length > 0) await makeGpuLocksFolder();
  await putFile(join(place.work, 'train.py'), (file) => writeFile(file, script));
  await putFile(join(place.work, 'longrun.py'), (file) => copyFile(harness, file));
  return {
    identity: identityOf(request),
    command: [host.python, 'train.py'],
    workFolder: place.work,
    environment: environmentOf(host, request, place),
    outputFile: place.output,
    deadlineSeconds: request.deadlineSeconds,
    graceSeconds,
    gpus: host.gpus.map(({ uuid }) => ({ uuid, lockFile: join(gpuLocksFolder, `${uuid}.lock`) })),
    gpuCount: host.gpus.length > 0 ? 1 : 0,
  };
}

/** One folder for the whole machine, whatever the user's home: the lock is the truth about who has the GPU. */
const gpuLocksFolder = '/tmp/longrun-gpu-locks';

/** Every user may add a lock, and nobody but its owner may remove one. */
async function makeGpuLocksFolder(): Promise<void> {
  const created = await mkdir(gpuLocksFolder, { recursive: true });
  if (created !== undefined) await chmod(gpuLocksFolder, 0o1777);
}

/** The same script with the same settings is the same execution; anything else is refused by the supervisor. */
function identityOf({ script, seed, isRehearsal, deadlineSeconds }: ExecutionRequest): string {
  return createHash('sha256')
    .update(JSON.stringify({ script: script.sha256, seed, isRehearsal, deadlineSeconds }))
    .digest('hex');
}

/**
 * The script's whole environment. No key can be in it, because nothing is inherited. Waiting threads sleep instead of
 * spinning: on a shared host that is measured to be 3 to 20 times faster.
 */
function environmentOf(host: Host, request: ExecutionRequest, place: ExecutionPlace): Record<string, string> {
  const threads = String(threadsPerSlot(host));
  return {
    PATH: `${dirname(host.python)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: place.work,
    LANG: 'C.UTF-8',
    PYTHONUNBUFFERED: '1',
    PYTHONFAULTHANDLER: '1',
    NO_COLOR: '1',
    TOKENIZERS_PARALLELISM: 'false',
    OMP_WAIT_POLICY: 'passive',
    OMP_NUM_THREADS: threads,
    OPENBLAS_NUM_THREADS: threads,
    MKL_NUM_THREADS: threads,
    LONGRUN_OUTPUT: place.work,
    LONGRUN_SEED: String(request.seed),
    LONGRUN_REHEARSAL: request.isRehearsal ? '1' : '0',
    LONGRUN_SECONDS: String(request.deadlineSeconds),
  };
}

async function putFile(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  await write(temporary);
  await rename(temporary, file);
}
