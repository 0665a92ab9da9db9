import { withCarriageReturns, type LogKind } from '../log-writer.ts';
import { clockTime } from '../parts/bars.ts';
import { exponential, falling, rising, scheduledRate } from '../parts/curves.ts';
import { anyFailure, keyboardInterrupt, outOfMemory } from '../parts/failures.ts';
import { writeModules } from '../parts/noise.ts';
import { pickProgram } from '../parts/programs.ts';
import { pickWarnings } from '../parts/python-warnings.ts';
import { writeTraceback } from '../parts/traceback.ts';

/** timm's `train.py`: the value of the moment, and its average in parentheses. */
export const timm: LogKind = {
  name: 'timm',
  write(log, random) {
    const { truth } = log;
    const program = pickProgram(random);
    log.line(
      `Training with a single process on 1 device (cuda:0).\nModel vit_small_patch16_224 created, param count:22050664`,
    );
    writeModules(log, random);
    const [warn] = pickWarnings(random, program, 1);
    let best = 0;
    let epoch = 0;
    for (; log.progress() < 1; epoch += 1) {
      for (let batch = 0; batch <= 1250; batch += 50) {
        const progress = log.progress();
        const loss = truth.metric('Loss', falling(progress, { from: 6.9, to: 2.6 }, random).toFixed(3), {
          series: 'train loss',
        });
        const percent = String(Math.floor((100 * batch) / 1250)).padStart(3);
        log.line(
          `Train: ${epoch} [${String(batch).padStart(4)}/1251 (${percent}%)]  Loss: ${loss} (${falling(progress, { from: 6.9, to: 2.6 }, random).toPrecision(3)})  Time: 0.${random.integer(300, 399)}s, ${random.integer(2800, 3000)}.12/s  (0.350s, 2925.71/s)  LR: ${truth.metric('LR', exponential(scheduledRate(progress, 5e-4), 3))}  Data: 0.010 (0.012)`,
        );
      }
      if (epoch % 2 === 1) warn?.(log);
      const top = rising(log.progress(), { from: 2, to: 79 }, random);
      log.line(
        `Test: [  48/48]  Time: 0.101 (0.203)  Loss: ${truth.metric('Loss', falling(log.progress(), { from: 6, to: 0.9 }, random).toFixed(3), { series: 'test loss' })} (1.2345)  Acc@1: ${truth.metric('Acc@1', top.toFixed(3))} (${top.toFixed(3)})  Acc@5: ${(top * 1.1).toFixed(3)} (${(top * 1.1).toFixed(3)})`,
      );
      if (top > best)
        log.line(
          `${truth.repeated('Current checkpoints:')}\n ('./output/train/checkpoint-${epoch}.pth.tar', ${top.toFixed(3)})\n`,
        );
      best = Math.max(best, top);
    }
    if (random.chance(0.5))
      log.line(truth.needle(`*** Best metric: ${best.toFixed(6)} (epoch ${random.integer(0, Math.max(1, epoch))})`));
    else writeTraceback(log, outOfMemory(random, program));
  },
};

/** torchvision's `references/`, in a container's terminal: every line ends in carriage return and newline. */
export const torchvisionReference: LogKind = {
  name: 'torchvision (CRLF)',
  write(plain, random) {
    const log = withCarriageReturns(plain);
    const { truth } = log;
    const program = pickProgram(random);
    const [warn] = pickWarnings(random, program, 1);
    log.line(
      'Not using distributed mode\nLoading data\nLoading training data\nTook 4.12345123\nCreating data loaders\nCreating model\nStart training',
    );
    warn?.(log);
    for (let epoch = 0; log.progress() < 1; epoch += 1) {
      for (let batch = 0; batch <= 5000; batch += 100) {
        const progress = log.progress();
        const loss = truth.metric('loss', falling(progress, { from: 6.9, to: 1.9 }, random).toFixed(4));
        log.line(
          `Epoch: [${epoch}]  [${String(batch).padStart(4)}/5004]  eta: ${clockTime((5004 - batch) * 0.4)}  lr: ${truth.metric('lr', scheduledRate(progress, 0.1).toFixed(6))}  img/s: ${(310 + 20 * random.normal()).toFixed(3)}  loss: ${loss} (${loss})  acc1: ${truth.metric('acc1', rising(progress, { from: 0.5, to: 71 }, random).toFixed(4))} (10.0000)  time: 0.41  data: 0.0${random.integer(10, 99)}  max mem: 21234`,
        );
      }
      log.line(`Epoch: [${epoch}] Total time: 0:34:${random.integer(10, 59)}`);
      log.line(
        `Test:  Acc@1 ${truth.metric('Acc@1', rising(log.progress(), { from: 3, to: 69 }, random).toFixed(3))} Acc@5 ${(80 + random.next()).toFixed(3)}`,
      );
    }
    writeTraceback(log, random.pick([anyFailure, keyboardInterrupt])(random, program));
  },
};
