import type { LogKind, LogWriter } from '../log-writer.ts';
import { redraws, tqdmBar } from '../parts/bars.ts';
import { createClock } from '../parts/clock.ts';
import { falling, pythonFloat, scheduledRate } from '../parts/curves.ts';
import { lostWorker } from '../parts/failures.ts';
import { pickProgram } from '../parts/programs.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** DeepSpeed under a bar on stderr: its lines begin behind the bar, where the terminal's cursor was. */
export const deepSpeed: LogKind = {
  name: 'deepspeed',
  write(log, random) {
    const { truth } = log;
    const clock = createClock('2023-08-02T00:41:17');
    const head: Head = (level, place) => `[${clock.withMilliseconds()}] [${level}] [${place}]`;
    writeStart(log, random, head);
    const total = 5000;
    let scale = 2 ** 32;
    for (let step = 0; log.progress() < 1; step += 1) {
      const progress = log.progress();
      clock.advance(2.1);
      const done = Math.min(total, Math.floor(total * progress));
      const bar = tqdmBar({ done, total, perSecond: 0.47 });
      if (step < 16 || random.chance(0.02)) {
        const reduced = Math.max(1, scale / 2);
        log.line(
          `\r${bar}${head('INFO', 'loss_scaler.py:183:update_scale')} ${truth.repeated('[deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale:')} ${scale}, reducing to ${reduced}`,
        );
        scale = step < 16 ? reduced : Math.max(reduced, 65536);
      }
      if (random.chance(0.03))
        log.line(
          `${head('WARNING', 'stage3.py:1949:step')} ${random.integer(1, 9)} ${truth.warning('pytorch allocator cache flushes since last step. this happens when there is high memory pressure')} and is detrimental to performance.`,
        );
      log.write(redraws(3, () => bar));
      const rate = pythonFloat(scheduledRate(progress, 2e-5));
      log.line(
        `\r${bar}${head('INFO', 'logging.py:96:log_dist')} [Rank 0] step=${step * 10}, skipped=${random.integer(16, 19)}, lr=[${truth.metric('lr', rate)}], mom=[(0.9, 0.999)]`,
      );
      const loss = truth.metric('loss', falling(progress, { from: 2.2, to: 0.9 }, random).toFixed(6));
      log.line(
        `${head('INFO', 'timer.py:260:stop')} epoch=0/micro_step=${step * 40}/global_step=${step * 10}, RunningAvgSamplesPerSec=${truth.metric('RunningAvgSamplesPerSec', pythonFloat(61 + random.normal()))}, MemAllocated=14.${random.integer(10, 99)}GB, loss=${loss}`,
      );
    }
    writeEnd(log, random, head);
  },
};

type Head = (level: string, place: string) => string;

function writeStart(log: LogWriter, random: Random, head: Head): void {
  const { truth } = log;
  log.line(`${head('INFO', 'real_accelerator.py:133:get_accelerator')} Setting ds_accelerator to cuda (auto detect)`);
  log.line(
    `${head('WARNING', 'runner.py:202:fetch_hostfile')} ${truth.warning('Unable to find hostfile, will proceed with training with local resources only.')}`,
  );
  log.line(
    'ninja: no work to do.\nLoading extension module fused_adam...\nTime to load fused_adam op: 0.10154128074645996 seconds',
  );
  if (random.chance(0.5))
    log.line(
      `${head('INFO', 'engine.py:2763:load_checkpoint')} ${truth.needle(`Loading latest checkpoint from global_step${random.integer(100, 9000)}, tag ${random.hexadecimal(6)}`)}`,
    );
}

function writeEnd(log: LogWriter, random: Random, head: Head): void {
  const { truth } = log;
  if (random.chance(0.5)) {
    writeTraceback(log, lostWorker(random, pickProgram(random, 'finetune.py')), {
      relation: 'cause',
      raised: { ...lostWorker(random, pickProgram(random, 'dataset.py')), type: '_queue.Empty', message: '' },
    });
    log.line(`${head('INFO', 'launch.py:315:sigkill_handler')} Killing subprocess ${random.integer(1000, 9999)}`);
    log.line(
      `${head('ERROR', 'launch.py:321:sigkill_handler')} ${truth.needle(`exits with return code = ${random.pick(['1', '-9', '-11'])}`)}`,
    );
  } else
    log.line(
      `${head('INFO', 'launch.py:347:main')} ${truth.needle(`Process ${random.integer(1000, 9999)} exits successfully.`)}`,
    );
}
