import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Host } from './host.ts';

const run = promisify(execFile);

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

/** What a host has for trainings. The language model sees it, so that it writes for the machine that is there. */
export interface HostFacts {
  host: string;
  operatingSystem: string;
  cores: number;
  memoryGigabytes: number;
  freeDiskGigabytes: number;
  slots: number;
  gpus: { name: string; memoryMegabytes: number | null }[];
  /** Why no GPU can be used although a driver is there; null where there is nothing to say. */
  gpuProblem: string | null;
  python: string;
  packages: { name: string; version: string }[];
}

/** What is really there, packages with their versions: a model that only guesses writes imports that fail. */
export async function hostFacts(host: Host): Promise<HostFacts> {
  const { stdout } = await run(host.python, ['-I', '-c', pythonFactsScript], {
    timeout: 60_000,
    maxBuffer: 16 * 2 ** 20,
  });
  const python = pythonFactsSchema.parse(JSON.parse(stdout));
  const disk = await statfs(host.stateFolder);
  return {
    host: host.name,
    operatingSystem: `${type()} ${release()}`,
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    freeDiskGigabytes: Math.floor((disk.bavail * disk.bsize) / 2 ** 30),
    slots: host.slots.length,
    gpus: host.devices.map(({ name, memoryMegabytes }) => ({ name, memoryMegabytes })),
    gpuProblem: host.problem,
    python: python.version,
    packages: python.packages,
  };
}
