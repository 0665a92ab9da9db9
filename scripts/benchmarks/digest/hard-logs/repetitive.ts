import type { LogKind, LogWriter } from '../log-writer.ts';
import { redraws, tqdmBar } from '../parts/bars.ts';
import { falling } from '../parts/curves.ts';
import { pickProgram } from '../parts/programs.ts';
import { pickWarnings } from '../parts/python-warnings.ts';
import type { Random } from '../random.ts';
import { createPlanting } from './planted-errors.ts';

/** Days of one training: steps, redrawn bars, validations and the same few warnings, with errors here and there. */
export const repetitive: LogKind = {
  name: 'repetitive',
  isWithoutIncidents: true,
  write(log, random) {
    const planting = createPlanting(log, random);
    const warnings = pickWarnings(random, pickProgram(random), 3);
    for (let epoch = 0; log.progress() < 1; epoch += 1) {
      log.write(redraws(40, (share) => bar(epoch, Math.floor(500 * share))));
      log.line(`\r${bar(epoch, 500)}`);
      writeEpoch(log, random, epoch);
      for (const [index, warn] of warnings.entries()) if (epoch % (index + 2) === 0) warn(log);
      planting.plantWhenDue();
    }
  },
};

function bar(epoch: number, done: number): string {
  return tqdmBar({ description: `Epoch ${epoch}`, done, total: 500, perSecond: 7.25 });
}

function writeEpoch(log: LogWriter, random: Random, epoch: number): void {
  const { truth } = log;
  const progress = log.progress();
  for (let step = epoch * 50; step < (epoch + 1) * 50; step += 1) {
    const loss = truth.metric('loss', falling(progress, { from: 9.2, to: 2.4 }, random).toFixed(5));
    const norm = truth.metric('grad_norm', (0.4 + 0.2 * random.next()).toFixed(4));
    log.line(
      `INFO:train:step ${step} loss ${loss} grad_norm ${norm} lr 0.0003 tokens/s ${random.integer(48000, 52000)}`,
    );
  }
  const validation = truth.metric('val_loss', falling(progress, { from: 9, to: 2.6 }, random).toFixed(5));
  log.line(`INFO:train:validation of epoch ${epoch}: val_loss ${validation}`);
  log.line(
    `INFO:train:${truth.repeated('checkpoint written to')} /ckpt/epoch_${epoch}.pt in ${(4 * random.next()).toFixed(2)} s`,
  );
}
