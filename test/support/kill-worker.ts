import { readdirSync, readFileSync } from 'node:fs';

export type KillableWorker = 'orchestrator' | 'llm' | 'gpu';

/** `kill -9` of the worker process that this very `longrun` process runs; other people's workers are left alone. */
export function killWorker(longrunPid: number, worker: KillableWorker): void {
  const pid = childrenOf(longrunPid).find((child) => commandOf(child).includes(`workers/${worker}.ts`));
  if (pid === undefined) throw new Error(`The process ${longrunPid} runs no ${worker} worker.`);
  process.kill(pid, 'SIGKILL');
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | null {
  // The second field is the command in parentheses, which may contain spaces; the parent is the second one after it.
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ');
  return fields?.[1] === undefined ? null : Number(fields[1]);
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // Processes come and go while they are listed.
  }
}
