import type { LogKind, LogWriter } from '../log-writer.ts';
import { createClock, type Clock } from '../parts/clock.ts';
import { exponential, falling, scheduledRate } from '../parts/curves.ts';
import { keyboardInterrupt } from '../parts/failures.ts';
import { pickProgram } from '../parts/programs.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** fairseq's `--log-format simple`: bars between fields, a line each for training, validation and checkpoints. */
export const fairseq: LogKind = {
  name: 'fairseq',
  write(log, random) {
    const { truth } = log;
    const clock = createClock('2021-05-01T12:00:00');
    const head = (level: string, name: string): string => `${clock.plain()} | ${level} | ${name} |`;
    writeSetup(log, random, head);
    const isLost = random.chance(0.5);
    let scale = 128;
    let updates = 0;
    for (let epoch = 1; log.progress() < 1; epoch += 1) {
      log.line(`${head('INFO', 'fairseq.trainer')} ${truth.repeated('begin training epoch')} ${epoch}`);
      for (let batch = 100; batch <= 1500; batch += 100) {
        updates += 100;
        clock.advance(81);
        writeInner(log, random, { clock, epoch, batch, updates, scale });
        if (random.chance(0.06) || (isLost && log.progress() > 0.9)) {
          scale /= 2;
          log.line(
            `${head('INFO', 'fairseq.trainer')} ${truth.repeated('NOTE: gradient overflow detected, ignoring gradient, setting loss scale to:')} ${scale}`,
          );
        } else if (random.chance(0.05)) scale = Math.min(1024, scale * 2);
      }
      writeValidation(log, random, { clock, epoch, updates });
    }
    const program = pickProgram(random, 'fairseq_cli/train.py');
    if (isLost)
      writeTraceback(log, {
        ...keyboardInterrupt(random, program),
        type: 'FloatingPointError',
        message:
          'Minimum loss scale reached (0.0001). Your loss is probably exploding. Try lowering the learning rate, using gradient clipping or increasing the batch size.',
      });
    else
      log.line(
        `${head('INFO', 'fairseq_cli.train')} ${truth.needle(`done training in ${(random.integer(10000, 90000) + 0.5).toFixed(1)} seconds`)}`,
      );
  },
};

type Head = (level: string, name: string) => string;

function writeSetup(log: LogWriter, random: Random, head: Head): void {
  const { truth } = log;
  log.line(
    `${head('INFO', 'fairseq_cli.train')} {'_name': None, 'common': {'_name': None, 'no_progress_bar': True, 'log_interval': 100, 'seed': ${random.integer(1, 999)}, 'fp16': True}, 'optimization': {'max_update': 300000, 'lr': [0.0005]}}`,
  );
  log.line(`${head('INFO', 'fairseq_cli.train')} num. shared model params: 60,526,080 (num. trained: 60,526,080)`);
  log.line(
    `${head('WARNING', 'fairseq.tasks.fairseq_task')} ${truth.warning('samples have invalid sizes and will be skipped, max_positions=(1024, 1024), first few sample ids=')}[${random.integer(1, 9999)}, ${random.integer(1, 9999)}]`,
  );
  if (random.chance(0.5))
    log.line(
      `${head('INFO', 'fairseq.trainer')} ${truth.needle(`Loaded checkpoint checkpoints/checkpoint_last.pt (epoch ${random.integer(2, 9)} @ ${random.integer(1000, 9999)} updates)`)}`,
    );
  else log.line(`${head('INFO', 'fairseq.trainer')} No existing checkpoint found checkpoints/checkpoint_last.pt`);
}

interface Inner {
  clock: Clock;
  epoch: number;
  batch: number;
  updates: number;
  scale: number;
}

function writeInner(log: LogWriter, random: Random, { clock, epoch, batch, updates, scale }: Inner): void {
  const { truth } = log;
  const progress = log.progress();
  const loss = truth.metric('loss', falling(progress, { from: 12.1, to: 4.1 }, random).toFixed(3), {
    series: 'train_inner loss',
  });
  const rate = truth.metric('lr', String(Number(scheduledRate(progress, 5e-4).toPrecision(6))));
  const norm = truth.metric('gnorm', falling(progress, { from: 3.2, to: 0.7 }, random).toFixed(3));
  log.line(
    `${clock.plain()} | INFO | train_inner | epoch ${String(epoch).padStart(3, '0')}: ${String(batch).padStart(6)} / 1500 loss=${loss}, nll_loss=${(Number(loss) * 0.95).toFixed(3)}, ppl=${(2 ** (Number(loss) * 0.95)).toFixed(2)}, ` +
      `wps=${truth.metric('wps', (31000 + 900 * random.normal()).toFixed(1))}, ups=1.23, wpb=25312.4, bsz=812.1, num_updates=${updates}, lr=${rate}, gnorm=${norm}, loss_scale=${scale}, train_wall=81, gb_free=21.4, wall=${updates}`,
  );
}

function writeValidation(
  log: LogWriter,
  random: Random,
  { clock, epoch, updates }: Pick<Inner, 'clock' | 'epoch' | 'updates'>,
): void {
  const { truth } = log;
  const number = String(epoch).padStart(3, '0');
  const loss = truth.metric('loss', falling(log.progress(), { from: 11.2, to: 4.4 }, random).toFixed(3), {
    series: 'valid loss',
  });
  log.line(
    `${clock.plain()} | INFO | valid | epoch ${number} | valid on 'valid' subset | loss ${loss} | nll_loss ${(Number(loss) * 0.94).toFixed(3)} | ppl ${(2 ** Number(loss)).toFixed(2)} | wps 81234.1 | bsz 640 | num_updates ${updates} | best_loss ${loss}`,
  );
  const written = `(epoch ${epoch} @ ${updates} updates, score ${loss}) (writing took ${exponential(2 + random.next(), 6)} seconds)`;
  log.line(
    `${clock.plain()} | INFO | fairseq.checkpoint_utils | ${truth.repeated('Saved checkpoint checkpoints/checkpoint_best.pt')} ${written}`,
  );
  log.line(`${clock.plain()} | INFO | fairseq_cli.train | end of epoch ${epoch} (average epoch stats below)`);
}
