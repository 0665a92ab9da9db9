import type { LogKind } from '../log-writer.ts';
import { createWords } from './words.ts';

const wantedEvery = 1000;

/** Short tracebacks and nothing else, 875,000 in 100 MB: many types, files, lines and words. One in 1,000 is a fact. */
export const variedTracebacks: LogKind = {
  name: 'varied tracebacks',
  isWithoutIncidents: true,
  write(log, random) {
    const words = createWords(3000, random);
    const types = ['ValueError', 'KeyError', 'RuntimeError', 'OSError', 'TypeError', 'IndexError', 'AssertionError'];
    for (let index = 0; log.progress() < 1; index += 1) {
      const file = `${random.pick(words).slice(0, 4)}.py`;
      const line = random.integer(1, 400);
      const text = `${random.pick(types)}: ${random.pick(words)} ${random.pick(words)} ${index}`;
      if (index % wantedEvery === 0) {
        log.truth.exception(text);
        log.truth.location(file, line);
      }
      log.line(`Traceback (most recent call last):\n  File "${file}", line ${line}, in run\n    step()\n${text}`);
    }
  },
};
