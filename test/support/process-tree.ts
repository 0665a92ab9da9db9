import { readdirSync, readFileSync } from 'node:fs';

/** A process of this moment. Pids are used again, so its start time (ticks since the boot) belongs to its name. */
export interface ProcessName {
  pid: number;
  startTime: number;
}

/** The process and all that descend from it, as the host sees them. Linux only. */
export function processTree(root: number): ProcessName[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statusOf(Number(name)) ?? []);
  const below = (pid: number): ProcessName[] =>
    processes.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return [...processes.filter(({ pid }) => pid === root), ...below(root)].map(({ pid, startTime }) => ({
    pid,
    startTime,
  }));
}

/** Those that still run. One that has ended and waits for its parent does not. */
export function stillRunning(processes: readonly ProcessName[]): ProcessName[] {
  return processes.filter(({ pid, startTime }) => {
    const status = statusOf(pid);
    return status?.startTime === startTime && status.state !== 'Z' && status.state !== 'X';
  });
}

/** Fields 3, 4 and 22 of proc(5)'s `stat`; null when there is no such process. */
function statusOf(pid: number): (ProcessName & { state: string; parent: number }) | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null; // Processes come and go while they are listed.
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid, state: fields[0] ?? '', parent: Number(fields[1]), startTime: Number(fields[19]) };
}
