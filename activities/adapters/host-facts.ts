import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { HostSurvey } from '../../workflows/schema/host-survey.ts';
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

/** What is really there, packages with their versions: a model that only guesses writes imports that fail. */
export async function hostFacts(host: Host): Promise<HostSurvey> {
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
    gpus: host.devices.map(({ uuid, name, memoryMegabytes }) => ({ uuid, name, memoryMegabytes })),
    python: python.version,
    packages: python.packages,
  };
}
