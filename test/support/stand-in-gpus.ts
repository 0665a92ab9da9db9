import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findDevices } from '../../activities/adapters/devices.ts';
import type { Host } from '../../activities/adapters/host.ts';
import { aHost } from './training.ts';

export interface StandIn {
  /** Of the GPUs that some process uses. */
  used?: string[];
  /** What GPU-a says about its memory in use, of 1000 MB. */
  memory?: string;
  /** Run first, for a tool that fails. */
  script?: string;
}

const originalPath = process.env['PATH'] ?? '';

/** Puts a stand-in for NVIDIA's tool with the GPUs `GPU-a` and `GPU-b` first on the PATH. */
export async function standInGpus(
  folder: string,
  { used = [], memory = '0', script = '' }: StandIn = {},
): Promise<void> {
  const tool = join(folder, 'nvidia-smi');
  const processes = used.map((uuid) => `echo "${uuid}, 4711"`).join('\n');
  await writeFile(
    tool,
    `#!/bin/sh
${script}
case "$1" in
  --query-compute-apps=*) ${processes || ':'} ;;
  *name*) echo "GPU-b, Stand-in, 1000, 00000000:02:00.0, 1"; echo "GPU-a, Stand-in, [N/A], 00000000:01:00.0, 0" ;;
  *) echo "GPU-a, ${memory}, 1000"; echo "GPU-b, 1, 1000" ;;
esac
`,
  );
  await chmod(tool, 0o755);
  process.env['PATH'] = `${folder}:${originalPath}`;
}

export function removeStandIn(): void {
  process.env['PATH'] = originalPath;
}

/** A host with the GPUs that the stand-in shows, whose locks are below `folder`. */
export async function aGpuHost(folder: string, overrides: Partial<Host> = {}): Promise<Host> {
  const devices = await findDevices();
  const slots = devices.devices.map(({ uuid, nodes }) => ({
    name: uuid,
    lockFile: join(folder, `${uuid}.lock`),
    deviceNodes: nodes,
  }));
  return aHost(folder, { ...devices, slots, ...overrides });
}
