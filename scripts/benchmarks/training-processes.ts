import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The training's own processes: its supervisor, and the trainer as `pid started-at`, which names one process. */
export async function trainingProcesses(control: string): Promise<{ supervisorPid: number; trainer: string }> {
  const { supervisor, trainer } = JSON.parse(await readFile(join(control, 'state.json'), 'utf8')) as {
    supervisor: { pid: number };
    trainer: { pid: number; startTime: string };
  };
  return { supervisorPid: supervisor.pid, trainer: `${trainer.pid} ${trainer.startTime}` };
}
