import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Accelerator = 'cuda' | 'rocm' | 'cpu';

/** One GPU of this machine. `nodes` are the device files that a process needs to use it, and no other GPU's. */
export interface Device {
  uuid: string;
  name: string;
  memoryMegabytes: number | null;
  nodes: string[];
}

export interface Devices {
  accelerator: Accelerator;
  devices: Device[];
  /** Why there is none although a driver's tool is there, for people to read; null where all is well. */
  problem: string | null;
}

/** The tools of the vendors may hang on a sick GPU, hence a time-out on every call. */
const timeoutMilliseconds = 10_000;

/** NVIDIA's GPUs, else AMD's, else none: then trainings run on the CPU. */
export async function findDevices(): Promise<Devices> {
  const nvidia = await look('nvidia-smi', nvidiaDevices);
  if (nvidia.devices.length > 0) return { accelerator: 'cuda', devices: nvidia.devices, problem: null };
  const amd = await look('rocm-smi', amdDevices);
  if (amd.devices.length > 0) return { accelerator: 'rocm', devices: amd.devices, problem: null };
  return { accelerator: 'cpu', devices: [], problem: nvidia.problem ?? amd.problem };
}

/** A tool that is not there means that there is no such GPU; one that fails is a problem that people must hear of. */
async function look(
  tool: string,
  find: () => Promise<Device[]>,
): Promise<{ devices: Device[]; problem: string | null }> {
  try {
    return { devices: await find(), problem: null };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { devices: [], problem: null };
    return { devices: [], problem: `${tool} is there and fails: ${String(error).split('\n', 1)[0]}` };
  }
}

/**
 * The GPUs that somebody's process uses now, ours included: whoever asks knows which locks are ours. Memory is asked
 * for as well, since the processes of other containers are not listed. Throws when the tool does not answer: a GPU
 * that nobody can see into is not free.
 */
export async function devicesInUse({ accelerator, devices }: Omit<Devices, 'problem'>): Promise<Set<string>> {
  if (accelerator !== 'cuda' || devices.length === 0) return new Set();
  const processes = await nvidiaSmi('compute-apps', ['gpu_uuid', 'pid']);
  const memory = await nvidiaSmi('gpu', ['uuid', 'memory.used', 'memory.total']);
  const occupied = memory.filter(([, used, total]) => Number(used) > Number(total) * largestIdleShare);
  return new Set([...processes, ...occupied].flatMap(([uuid]) => (uuid === undefined ? [] : [uuid])));
}

/** Drivers and displays hold some memory of an idle GPU. */
const largestIdleShare = 0.1;

async function nvidiaDevices(): Promise<Device[]> {
  const rows = await nvidiaSmi('gpu', ['uuid', 'name', 'memory.total', 'pci.bus_id', 'index']);
  return await Promise.all(
    rows.map(async ([uuid = '', name = '', memory, bus = '', index = '']) => {
      const minor = (await nvidiaMinor(bus)) ?? index;
      const nodes = ['nvidiactl', 'nvidia-uvm', 'nvidia-uvm-tools', `nvidia${minor}`].map((node) => `/dev/${node}`);
      return { uuid, name, memoryMegabytes: numberOrNull(memory), nodes };
    }),
  );
}

/** Rows of fields; one that cannot be told, such as the memory of a sick GPU, is `[N/A]`. */
async function nvidiaSmi(subject: 'gpu' | 'compute-apps', fields: string[]): Promise<string[][]> {
  const query = [`--query-${subject}=${fields.join(',')}`, '--format=csv,noheader,nounits'];
  const { stdout } = await run('nvidia-smi', query, { timeout: timeoutMilliseconds, killSignal: 'SIGKILL' });
  return stdout
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter(([first]) => first !== undefined && first.startsWith('GPU-'));
}

/** The number in `/dev/nvidia<minor>`, which is not the index that `nvidia-smi` counts by. */
async function nvidiaMinor(bus: string): Promise<string | null> {
  const folder = '/proc/driver/nvidia/gpus';
  try {
    const name = (await readdir(folder)).find((entry) => bus.toLowerCase().endsWith(entry.toLowerCase()));
    if (name === undefined) return null;
    const facts = await readFile(`${folder}/${name}/information`, 'utf8');
    return /^Device Minor:\s*(\d+)/m.exec(facts)?.[1] ?? null;
  } catch {
    return null; // Drivers without this folder number their devices like their indices.
  }
}

/** `{"card0": {"Unique ID": "0x…", "Card series": "…", "VRAM Total Memory (B)": "…"}}` */
async function amdDevices(): Promise<Device[]> {
  const query = ['--showuniqueid', '--showproductname', '--showmeminfo', 'vram', '--json'];
  const { stdout } = await run('rocm-smi', query, { timeout: timeoutMilliseconds, killSignal: 'SIGKILL' });
  const cards = JSON.parse(stdout) as Record<string, Record<string, string>>;
  return Object.entries(cards).flatMap(([card, facts]) => {
    const id = facts['Unique ID'];
    const number = /^card(\d+)$/.exec(card)?.[1];
    if (id === undefined || number === undefined) return [];
    const bytes = numberOrNull(facts['VRAM Total Memory (B)']);
    return [
      {
        // The form that ROCR_VISIBLE_DEVICES takes.
        uuid: `GPU-${id.replace(/^0x/, '')}`,
        name: facts['Card series'] ?? facts['Card Series'] ?? 'AMD GPU',
        memoryMegabytes: bytes === null ? null : Math.round(bytes / 2 ** 20),
        nodes: ['/dev/kfd', `/dev/dri/renderD${128 + Number(number)}`],
      },
    ];
  });
}

function numberOrNull(text: string | undefined): number | null {
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) ? null : value;
}
