import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { cpus, hostname } from 'node:os';
import { join } from 'node:path';
import { findDevices, type Devices } from './devices.ts';
import type { PackageInstaller } from './python-packages.ts';
import type { Sandbox } from './sandbox.ts';

/** The machine that trains, as one worker sees it. */
export interface Host extends Devices {
  /** Names the queue `gpu-<name>`, so it stays the same for as long as the state folder does. */
  name: string;
  stateFolder: string;
  /** The interpreter of trainings, with their packages. */
  python: string;
  /** The interpreter of the supervisor; any with a standard library. */
  supervisorPython: string;
  sandbox: Sandbox;
  installer: PackageInstaller;
  /** What a training takes while it lives: its GPUs, or on a host without one its share of the cores. */
  slots: Slot[];
}

/** Whoever holds the lock has the slot; nothing else says so. */
export interface Slot {
  /** A GPU's UUID, or `cpu-0`. */
  name: string;
  lockFile: string;
  deviceNodes: string[];
}

export interface HostOptions {
  stateFolder: string;
  python: string;
  supervisorPython: string;
  sandbox: Sandbox;
  installer: PackageInstaller;
  /** On a host without a GPU; null: one a core, at most four. */
  cpuSlots: number | null;
}

export async function openHost({ cpuSlots, ...options }: HostOptions): Promise<Host> {
  const devices = await findDevices();
  const slots =
    devices.accelerator === 'cpu'
      ? await openCpuSlots(options.stateFolder, cpuSlots ?? Math.min(4, cpus().length))
      : await openGpuSlots(devices);
  return { ...options, ...devices, name: hostName(options.stateFolder), slots };
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

/** One folder for the whole machine, whatever the user's home: the lock is the truth about who has the GPU. */
const gpuLocksFolder = '/tmp/longrun-gpu-locks';

/** Every user may add a lock, and nobody but its owner may remove one. */
async function openGpuSlots({ devices }: Devices): Promise<Slot[]> {
  const created = await mkdir(gpuLocksFolder, { recursive: true });
  if (created !== undefined) await chmod(gpuLocksFolder, 0o1777);
  return devices.map(({ uuid, nodes }) => ({
    name: uuid,
    lockFile: join(gpuLocksFolder, `${uuid}.lock`),
    deviceNodes: nodes,
  }));
}

async function openCpuSlots(stateFolder: string, count: number): Promise<Slot[]> {
  const folder = join(stateFolder, 'slots');
  await mkdir(folder, { recursive: true });
  return Array.from({ length: count }, (_, index) => ({
    name: `cpu-${index}`,
    lockFile: join(folder, `cpu-${index}.lock`),
    deviceNodes: [],
  }));
}

/** Threads for one execution, so that those beside it get their share of the cores. */
export function threadsPerSlot(host: Host): number {
  return Math.max(1, Math.floor(cpus().length / host.slots.length));
}
