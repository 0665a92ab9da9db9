import type { LogKind, LogWriter } from '../log-writer.ts';
import { createClock, type Clock } from '../parts/clock.ts';
import { exponential, falling, scheduledRate } from '../parts/curves.ts';
import { outOfMemory } from '../parts/failures.ts';
import { writeSettings } from '../parts/noise.ts';
import { pickProgram } from '../parts/programs.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** Megatron-LM, `training_log`: one long line for each report, fields parted by bars, numbers as `%E`. */
export const megatron: LogKind = {
  name: 'megatron',
  write(log, random) {
    const { truth } = log;
    const clock = createClock('2024-01-17T23:51:02');
    log.line(
      'using world size: 64, data-parallel size: 8, context-parallel size: 1, tensor-model-parallel size: 4, pipeline-model-parallel size: 2',
    );
    log.line(
      `${truth.warning('WARNING: Setting args.overlap_p2p_comm to False since non-interleaved schedule does not support overlapping')} p2p communication`,
    );
    log.line('------------------------ arguments ------------------------');
    writeSettings(log, random, 'table');
    log.line(' > number of parameters on (tensor, pipeline) model parallel rank (0, 0): 1011484672');
    log.line(
      random.chance(0.5)
        ? ` ${truth.needle(`successfully loaded checkpoint from checkpoints/gpt [ t 0, p 0 ] at iteration ${random.integer(100, 9999)}`)}`
        : '    will not load any checkpoints and will start from random',
    );
    const divergesAt = random.chance(0.4) ? 0.75 : Infinity;
    let skipped = 0;
    for (let iteration = 100; log.progress() < 1; iteration += 100) {
      clock.advance(123);
      const isLost = log.progress() > divergesAt;
      if (isLost) skipped += 1;
      writeReport(log, random, { clock, iteration, isLost, skipped });
      if (iteration % 1000 === 0) writeValidation(log, random, iteration);
      if (iteration % 2000 === 0)
        log.line(
          `  ${truth.repeated('successfully saved checkpoint from iteration')} ${String(iteration).padStart(7)} to checkpoints/gpt`,
        );
    }
    if (random.chance(0.5)) writeTraceback(log, outOfMemory(random, pickProgram(random, 'pretrain_gpt.py')));
    else
      log.line(
        `${truth.needle(`[exiting program at iteration ${random.integer(100, 999)}00]`)} datetime: ${clock.plain()}`,
      );
  },
};

interface Report {
  clock: Clock;
  iteration: number;
  isLost: boolean;
  skipped: number;
}

function writeReport(log: LogWriter, random: Random, { clock, iteration, isLost, skipped }: Report): void {
  const { truth } = log;
  const loss = truth.metric(
    'lm loss',
    isLost ? 'NAN' : upper(falling(log.progress(), { from: 10.9, to: 2.31 }, random)),
  );
  const norm = truth.metric(
    'grad norm',
    isLost ? 'nan' : falling(log.progress(), { from: 12, to: 0.4 }, random).toFixed(3),
  );
  const rate = truth.metric('learning rate', upper(scheduledRate(log.progress(), 3e-4)));
  const flops = truth.metric('throughput per GPU', (401 + 8 * random.normal()).toFixed(1));
  const fields = [
    `iteration ${String(iteration).padStart(8)}/  500000`,
    `consumed samples: ${String(iteration * 1024).padStart(12)}`,
    `elapsed time per iteration (ms): ${(1234 + 40 * random.normal()).toFixed(1)}`,
    `throughput per GPU (TFLOP/s/GPU): ${flops}`,
    `learning rate: ${rate}`,
    `global batch size:  1024`,
    `lm loss: ${loss}`,
    `loss scale: ${isLost ? '1.0' : '65536.0'}`,
    `grad norm: ${norm}`,
    `number of skipped iterations: ${String(skipped).padStart(3)}`,
    `number of nan iterations: ${String(isLost ? 1 : 0).padStart(3)}`,
  ];
  log.line(` [${clock.plain()}] ${fields.join(' | ')} |`);
}

function upper(value: number): string {
  return exponential(value, 6).toUpperCase();
}

function writeValidation(log: LogWriter, random: Random, iteration: number): void {
  const loss = log.truth.metric(
    'lm loss value',
    exponential(falling(log.progress(), { from: 9, to: 2.4 }, random), 6).toUpperCase(),
  );
  const text = ` validation loss at iteration ${iteration} | lm loss value: ${loss} | lm loss PPL: ${exponential(Math.exp(Number(loss)), 6).toUpperCase()} | `;
  log.line(`${'-'.repeat(text.length)}\n${text}\n${'-'.repeat(text.length)}`);
}
