import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, hostname, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { HostSurvey } from '../../workflows/schema/host-survey.ts';

const run = promisify(execFile);

/** The machine that trains, as one worker sees it. */
export interface Host {
  /** Names the queue `gpu-<name>`, so it stays the same for as long as the state folder does. */
  name: string;
  stateFolder: string;
  /** The interpreter of trainings, with their packages. */
  python: string;
  /** The interpreter of the supervisor; any with a standard library. */
  supervisorPython: string;
  gpus: HostSurvey['gpus'];
  /** How many executions run at once: one a GPU, or on a host without one a few that share its cores. */
  slots: number;
}

export interface HostOptions {
  stateFolder: string;
  python: string;
  supervisorPython: string;
  /** Null: as many as there are GPUs, else one a core, at most four. */
  slots: number | null;
}

export async function openHost(options: HostOptions): Promise<Host> {
  const gpus = await listGpus();
  const slots = options.slots ?? (gpus.length > 0 ? gpus.length : Math.min(4, cpus().length));
  return { ...options, name: hostName(options.stateFolder), gpus, slots };
}

/** Two hosts may share a host name, and one machine may have several state folders: the suffix keeps them apart. */
function hostName(stateFolder: string): string {
  const file = join(stateFolder, 'host');
  mkdirSync(stateFolder, { recursive: true });
  if (!existsSync(file)) {
    const name = hostname()
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .slice(0, 40);
    writeFileSync(file, `${name}-${randomBytes(3).toString('hex')}\n`, { flag: 'wx' });
  }
  return readFileSync(file, 'utf8').trim();
}

/** `nvidia-smi` may hang on a sick GPU, hence the time-out; a host without it has no GPU that we can use. */
export async function listGpus(): Promise<HostSurvey['gpus']> {
  let output: string;
  try {
    const query = ['--query-gpu=uuid,name,memory.total', '--format=csv,noheader,nounits'];
    ({ stdout: output } = await run('nvidia-smi', query, { timeout: 10_000 }));
  } catch {
    return []; // Not there, or not answering: then trainings run on the CPU, and the survey says so.
  }
  return output
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .flatMap(([uuid, name, memory]) => {
      if (uuid === undefined || uuid === '' || name === undefined) return [];
      const megabytes = Number(memory);
      return [{ uuid, name, memoryMegabytes: Number.isFinite(megabytes) ? megabytes : null }];
    });
}

const pythonFactsSchema = z.object({
  version: z.string(),
  packages: z.array(z.object({ name: z.string(), version: z.string() })),
});

const pythonFactsScript = `
import importlib.metadata, json, platform
packages = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions() if d.metadata["Name"]}
print(json.dumps({"version": platform.python_version(),
                  "packages": [{"name": n, "version": v} for n, v in sorted(packages.items())]}))
`;

/** What is really there, packages with their versions: a model that only guesses writes imports that fail. */
export async function surveyHost(host: Host): Promise<HostSurvey> {
  const { stdout } = await run(host.python, ['-I', '-c', pythonFactsScript], {
    timeout: 60_000,
    maxBuffer: 16 * 2 ** 20,
  });
  const facts = pythonFactsSchema.parse(JSON.parse(stdout));
  const disk = await statfs(host.stateFolder);
  return {
    host: host.name,
    operatingSystem: `${type()} ${release()}`,
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    freeDiskGigabytes: Math.floor((disk.bavail * disk.bsize) / 2 ** 30),
    slots: host.slots,
    gpus: host.gpus,
    python: facts.version,
    packages: facts.packages,
  };
}

/** Threads for one execution, so that those beside it get their share of the cores. */
export function threadsPerSlot(host: Host): number {
  return Math.max(1, Math.floor(cpus().length / host.slots));
}
