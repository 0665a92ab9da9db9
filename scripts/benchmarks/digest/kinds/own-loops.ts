import { withPrefix, type LogKind, type LogWriter } from '../log-writer.ts';
import { createClock } from '../parts/clock.ts';
import { falling, rising } from '../parts/curves.ts';
import { anyFailure, deviceAssert, keyboardInterrupt } from '../parts/failures.ts';
import { writeModules, writeSettings } from '../parts/noise.ts';
import { ownFrames, pickProgram } from '../parts/programs.ts';
import { pickWarnings } from '../parts/python-warnings.ts';
import { writeTraceback } from '../parts/traceback.ts';

/** Python's logging around a loop of one's own: the same block of lines for each epoch, and caught exceptions between. */
export const epochBlocks: LogKind = {
  name: 'own loop, epoch blocks',
  write(plain, random) {
    const clock = createClock('2022-10-18T04:37:45');
    const log = withPrefix(plain, () => `${clock.withMilliseconds()} - train - INFO - `);
    const warning = withPrefix(plain, () => `${clock.withMilliseconds()} - train - WARNING - `);
    const error = withPrefix(plain, () => `${clock.withMilliseconds()} - train - ERROR - `);
    const { truth } = log;
    const program = pickProgram(random);
    const caught = {
      type: 'json.decoder.JSONDecodeError',
      message: 'Expecting value: line 1 column 1 (char 0)',
      frames: ownFrames(random, program),
    };
    writeSettings(log, random, 'yaml');
    for (let epoch = 1; log.progress() < 1; epoch += 1) {
      clock.advance(93);
      const progress = log.progress();
      log.line(`${'-'.repeat(20)}\nEpoch ${epoch}/400`);
      log.line(
        `train Loss: ${truth.metric('train Loss', falling(progress, { from: 1.8, to: 0.22 }, random).toFixed(4))} Acc: ${rising(progress, { from: 0.4, to: 0.95 }, random).toFixed(4)}`,
      );
      log.line(
        `val Loss: ${truth.metric('val Loss', falling(progress, { from: 1.7, to: 0.4 }, random).toFixed(4))} F1: ${truth.metric('F1', rising(progress, { from: 0.3, to: 0.81 }, random).toFixed(4))}`,
      );
      log.line(`epoch took ${random.integer(85, 99)} s, lr is now ${(0.01 * 0.99 ** epoch).toFixed(7)}`);
      if (random.chance(0.04))
        warning.line(`${truth.warning('skipped a corrupt sample in shard')} ${random.hexadecimal(10)}`);
      if (random.chance(0.02)) {
        error.line(truth.repeated('could not post progress, will retry'));
        writeTraceback(error, caught);
      }
      if (epoch === 5) log.line(truth.needle(`Loss scale reduced to ${2 ** random.integer(3, 12)} after 2 overflows`));
    }
    writeTraceback(plain, random.pick([keyboardInterrupt, anyFailure])(random, program));
  },
};

/** A kernel's assertion fails in thousands of threads at once, each of which says so. */
export const assertionStorm: LogKind = {
  name: 'assertion storm',
  write(log, random) {
    const { truth } = log;
    const program = pickProgram(random);
    const [warn] = pickWarnings(random, program, 1);
    warn?.(log);
    writeModules(log, random);
    const stormFrom = 0.3 + 0.4 * random.next();
    for (let step = 0; log.progress() < stormFrom; step += 20) {
      log.line(
        `[${String(step).padStart(6)}] loss=${truth.metric('loss', falling(log.progress(), { from: 4.6, to: 2.1 }, random).toFixed(5))} acc=${truth.metric('acc', rising(log.progress(), { from: 0.01, to: 0.4 }, random).toFixed(4))}`,
      );
    }
    log.line(
      truth.needle(
        `switching to curriculum stage 2 at ${random.hexadecimal(6)}: ${random.integer(1001, 2000)} classes`,
      ),
    );
    writeStorm(log, () => `block: [${random.integer(0, 30000)},0,0], thread: [${random.integer(0, 127)},0,0]`);
    writeTraceback(log, deviceAssert(random, program));
  },
};

function writeStorm(log: LogWriter, thread: () => string): void {
  while (log.progress() < 1) {
    log.line(
      `../aten/src/ATen/native/cuda/IndexKernel.cu:92: operator(): ${thread()} ${log.truth.repeated('Assertion `-sizes[i] <= index && index < sizes[i] && "index out of bounds"` failed.')}`,
    );
  }
}
