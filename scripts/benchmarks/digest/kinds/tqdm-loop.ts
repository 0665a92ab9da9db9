import type { LogKind, LogWriter } from '../log-writer.ts';
import { downloadBar, redraws, tqdmBar } from '../parts/bars.ts';
import { falling, rising } from '../parts/curves.ts';
import { anyFailure, keyboardInterrupt, outOfMemory } from '../parts/failures.ts';
import { writeModules, writeSettings } from '../parts/noise.ts';
import { pickProgram } from '../parts/programs.ts';
import { pickWarnings } from '../parts/python-warnings.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** A loop of one's own around tqdm, its bar redrawn in place, results in the postfix and in prints between. */
export const tqdmLoop: LogKind = {
  name: 'tqdm loop',
  write(log, random) {
    const { truth } = log;
    const program = pickProgram(random);
    const [warnOnce, warnOften] = pickWarnings(random, program, 2);
    writeSettings(log, random, 'namespace');
    log.line(downloadBar('resnet50-0676ba61.pth', random));
    writeModules(log, random);
    warnOnce?.(log);
    if (random.chance(0.5))
      log.line(
        truth.needle(`=> loaded checkpoint 'runs/${random.hexadecimal(6)}/last.pth' (epoch ${random.integer(2, 9)})`),
      );
    let best = 0;
    for (let epoch = 1; log.progress() < 1; epoch += 1) {
      writeEpochBar(log, random, epoch);
      if (epoch % 3 === 0) warnOften?.(log);
      const accuracy = rising(log.progress(), { from: 0.12, to: 0.81 }, random);
      log.line(
        `Validation | loss: ${truth.metric('loss', falling(log.progress(), { from: 2.3, to: 0.62 }, random).toFixed(4), { series: 'validation loss' })} | acc: ${truth.metric('acc', accuracy.toFixed(4), { series: 'validation acc' })}`,
      );
      if (accuracy > best)
        log.line(`${truth.repeated('New best accuracy, checkpoint written to best.pth')} (${accuracy.toFixed(4)})`);
      best = Math.max(best, accuracy);
    }
    writeEnd(log, random);
  },
};

function writeEpochBar(log: LogWriter, random: Random, epoch: number): void {
  const { truth } = log;
  const total = random.integer(300, 320);
  const rate = 4 + random.next();
  const postfix = (): [loss: string, accuracy: string] => [
    falling(log.progress(), { from: 2.4, to: 0.4 }, random).toFixed(3),
    rising(log.progress(), { from: 10, to: 88 }, random).toFixed(2),
  ];
  const draw = (done: number, [loss, accuracy]: [string, string]): string =>
    tqdmBar({
      description: `Epoch ${epoch}/90`,
      done,
      total,
      perSecond: rate,
      postfix: `loss=${loss}, acc=${accuracy}`,
    });
  log.write(redraws(14, (share) => draw(Math.floor(total * share), postfix())));
  const [loss, accuracy] = postfix();
  truth.metric('loss', loss);
  truth.metric('acc', accuracy);
  log.line(`\r${draw(total, [loss, accuracy])}`);
}

function writeEnd(log: LogWriter, random: Random): void {
  const program = pickProgram(random);
  const ending = random.pick(['stopped', 'interrupted', 'memory', 'failed'] as const);
  if (ending === 'stopped') {
    log.line(log.truth.needle(`Early stopping: no improvement for 12 epochs, best was epoch ${random.integer(3, 40)}`));
    log.line(log.truth.needle(`Test accuracy of the best checkpoint: ${(70 + 10 * random.next()).toFixed(2)} %`));
    return;
  }
  log.write(redraws(5, lastBar));
  log.line('');
  const failure = { interrupted: keyboardInterrupt, memory: outOfMemory, failed: anyFailure }[ending](random, program);
  writeTraceback(log, failure);
}

function lastBar(share: number): string {
  return tqdmBar({ description: 'Epoch 57/90', done: Math.floor(300 * share), total: 300, perSecond: 4.5 });
}
