import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { Host } from './adapters/host.ts';
import type { ExecutionLimits } from './adapters/supervised-process.ts';

const gibibyte = 2 ** 30;

/**
 * What one training may take of its host: its share of nine tenths of the memory, and of half of the disk that is
 * free when it starts. The rest belongs to the host, and the reserve of disk is for the last checkpoints of all.
 */
export async function executionLimits({ stateFolder, slots }: Host): Promise<ExecutionLimits> {
  const disk = await statfs(stateFolder);
  const [total, free] = [disk.blocks * disk.bsize, disk.bavail * disk.bsize];
  return {
    memoryBytes: Math.round((totalmem() * 0.9) / slots.length),
    processes: 4096,
    workBytes: Math.max(gibibyte, Math.round(free / 2 / slots.length)),
    workFiles: 200_000,
    fileBytes: 500 * gibibyte,
    freeDiskBytes: reservedDiskBytes(total),
    outputBytes: 64 * 2 ** 20,
  };
}

/** 5 GB, or a twentieth of a small disk. */
function reservedDiskBytes(totalBytes: number): number {
  return Math.round(Math.min(5 * gibibyte, totalBytes / 20));
}

/** Whether less is free now than must stay free: then a full disk is the host's trouble, not the script's. */
export async function isDiskFull({ stateFolder }: Host): Promise<boolean> {
  const disk = await statfs(stateFolder);
  return disk.bavail * disk.bsize < reservedDiskBytes(disk.blocks * disk.bsize);
}

/** A first step compiles kernels and reads data sets; afterwards twenty usual steps without a sign of life are enough. */
export const stallLimits = { quietSeconds: 600, stepFactor: 20, firstStepSeconds: 1800 };

/** How long a training may take to save a checkpoint and leave after it was told to stop. */
const longestGraceSeconds = 60;
/** SIGABRT for the stack, SIGKILL, and the supervisor's own poll. */
const endOfLadderSeconds = 8;
/** Of the time after which a host is given up, this part may pass without contact before its training stops. */
const contactShare = 0.75;

/**
 * Both sides of one limit: a host that may be given up has stopped its training before another one starts it, grace
 * included. A host that nobody else stands in for goes on alone for as long as it may be orphaned.
 */
export function unattendedLimits(hostLossMinutes: number | null, orphanHours: number) {
  if (hostLossMinutes === null) return { unattendedSeconds: orphanHours * 3600, graceSeconds: longestGraceSeconds };
  const seconds = hostLossMinutes * 60;
  const remaining = seconds * (1 - contactShare);
  return {
    unattendedSeconds: seconds * contactShare,
    graceSeconds: Math.max(1, Math.min(longestGraceSeconds, remaining - endOfLadderSeconds)),
  };
}
