import { withPrefix, type LogKind, type LogWriter } from '../log-writer.ts';
import { createClock } from '../parts/clock.ts';
import { falling, rising } from '../parts/curves.ts';
import { anyFailure } from '../parts/failures.ts';
import { pickProgram } from '../parts/programs.ts';
import { pickWarnings } from '../parts/python-warnings.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** Ray Tune: workers named by process, and a status table again and again. */
export const rayTune: LogKind = {
  name: 'ray tune',
  write(log, random) {
    const { truth } = log;
    const program = pickProgram(random, 'tune.py');
    const clock = createClock('2024-07-07T07:07:07');
    const pids = [0, 1, 2, 3].map(() => random.integer(1000, 60000));
    const worker = (index: number): LogWriter =>
      withPrefix(log, () => `(RayTrainWorker pid=${pids[index]}, ip=10.0.0.${index + 4}) `);
    const [warn] = pickWarnings(random, program, 1);
    log.line(
      `${clock.withMilliseconds()}\tINFO worker.py:1724 -- Started a local Ray instance. View the dashboard at 127.0.0.1:8265`,
    );
    for (const index of [0, 1, 2, 3]) warn?.(worker(index));
    for (let round = 0; log.progress() < 1; round += 1) {
      for (const index of [2, 0, 3, 1]) {
        const progress = log.progress();
        worker(index).line(
          `epoch ${round} mean_loss=${truth.metric('mean_loss', falling(progress, { from: 2.3, to: 0.3 }, random).toFixed(5))} mean_accuracy=${truth.metric('mean_accuracy', rising(progress, { from: 0.1, to: 0.9 }, random).toFixed(5))}`,
        );
      }
      clock.advance(30);
      if (round % 8 === 7) writeStatus(log, random, clock.plain());
      if (random.chance(0.03))
        log.line(
          `(raylet) [${clock.plain()},111 E 1187 1187] (raylet) ${truth.warning('file_system_monitor.cc:111: /tmp/ray is over 95% full, available space:')} ${random.integer(1, 9)}6105${random.integer(1000, 9999)}`,
        );
    }
    const trial = random.hexadecimal(8);
    log.line(
      `${clock.withMilliseconds()}\tERROR tune_controller.py:1374 -- ${truth.needle(`Trial task failed for trial train_fn_${trial}`)}`,
    );
    writeTraceback(random.chance(0.5) ? worker(2) : log, anyFailure(random, program));
    log.line(
      `${clock.withMilliseconds()}\tINFO tune.py:1041 -- ${truth.needle(`Best trial train_fn_${random.hexadecimal(8)} ended with mean_accuracy`)} 0.9`,
    );
  },
};

function writeStatus(log: LogWriter, random: Random, time: string): void {
  log.line(
    `== Status ==\nCurrent time: ${time} (running for 00:${random.integer(10, 59)}:12.34)\nUsing AsyncHyperBand: num_stopped=${random.integer(0, 9)}\nLogical resource usage: 8.0/16 CPUs, 4.0/4 GPUs`,
  );
  log.line(
    '+------------------+----------+-------------------+------------+--------+\n| Trial name       | status   | loc               |         lr |   iter |\n|------------------+----------+-------------------+------------+--------|',
  );
  for (const index of [0, 1, 2, 3]) {
    log.line(
      `| train_fn_${random.hexadecimal(5)}  | ${random.pick(['RUNNING ', 'PENDING '])} | 10.0.0.${index + 4}:${random.integer(10000, 60000)}  | ${random.next().toFixed(8)} | ${String(random.integer(1, 99)).padStart(6)} |`,
    );
  }
  log.line('+------------------+----------+-------------------+------------+--------+\n');
}
