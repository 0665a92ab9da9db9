import type { LogKind, LogWriter } from '../log-writer.ts';
import { createClock } from '../parts/clock.ts';
import { falling, rising } from '../parts/curves.ts';
import { anyFailure } from '../parts/failures.ts';
import { pickProgram } from '../parts/programs.ts';
import { noteRaised, type Raised } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** structlog or python-json-logger: an object a line, with ids; a traceback is one field of one line. */
export const jsonLines: LogKind = {
  name: 'json lines',
  write(log, random) {
    const { truth } = log;
    const clock = createClock('2025-02-03T04:05:06');
    const run = random.uuid();
    const event = (level: string, name: string, fields: string): void => {
      clock.advance(0.7);
      log.line(
        `{"timestamp": "${clock.iso()}Z", "level": "${level}", "run_id": "${run}", "span": "${random.hexadecimal(16)}", "event": "${name}", ${fields}}`,
      );
    };
    event('info', 'start', '"config": {"lr": 0.0003, "batch_size": 256, "layers": [256, 256, 128]}');
    if (random.chance(0.5))
      event(
        'info',
        truth.needle(`resumed from s3://models/${random.hexadecimal(12)}/step_${random.integer(100, 9999)}`),
        '"strict": true',
      );
    for (let step = 0; log.progress() < 1; step += 1) {
      const progress = log.progress();
      const loss = truth.metric('loss', String(falling(progress, { from: 1.4, to: 0.12 }, random)));
      event('info', 'train_step', `"step": ${step}, "loss": ${loss}, "samples_per_s": ${random.integer(900, 1100)}`);
      if (step % 50 === 49)
        event(
          'info',
          'evaluation',
          `"step": ${step}, "auc": ${truth.metric('auc', rising(progress, { from: 0.5, to: 0.94 }, random).toFixed(5))}, "f1": ${truth.metric('f1', rising(progress, { from: 0.2, to: 0.8 }, random).toFixed(5))}`,
        );
      if (random.chance(0.02))
        event(
          'warning',
          truth.warning('feature store answered late, batch refilled from cache'),
          `"latency_ms": ${random.integer(500, 9000)}`,
        );
    }
    if (random.chance(0.6)) writeFailure(log, random, event);
    else
      event('info', truth.needle(`training finished, best auc at step ${random.integer(50, 9999)}`), '"status": "ok"');
  },
};

function writeFailure(
  log: LogWriter,
  random: Random,
  event: (level: string, name: string, fields: string) => void,
): void {
  const raised: Raised = anyFailure(random, pickProgram(random, 'worker.py'));
  const single = { ...raised, message: raised.message.replace(/\n[\s\S]*/, '').replaceAll('"', "'") };
  const frames = single.frames.map(
    ({ file, line, name, code }) => `  File "${file}", line ${line}, in ${name}\n    ${code}\n`,
  );
  const text = `Traceback (most recent call last):\n${frames.join('')}${single.type}: ${single.message}`;
  event('error', 'unhandled exception', `"exception": ${JSON.stringify(text)}`);
  noteRaised(log.truth, single);
}
