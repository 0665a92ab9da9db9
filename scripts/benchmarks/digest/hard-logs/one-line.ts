import type { LogKind } from '../log-writer.ts';
import { createWords } from './words.ts';

/** A program that never ends its line: no newline in the whole file. What it says in the middle cannot be a line. */
export const oneLine: LogKind = {
  name: 'one line',
  isWithoutIncidents: true,
  write(log, random) {
    const words = createWords(2000, random);
    log.write(log.truth.needle(`first words of run ${random.hexadecimal(8)}: `));
    let wanted = 0;
    while (log.progress() < 1) {
      log.write(`${random.pick(words)}=${random.next().toFixed(6)}, `);
      if (wanted < 10 && log.progress() > (wanted + 0.5) / 10) {
        wanted += 1;
        log.write(log.truth.needle(`RuntimeError: something went wrong in cell ${random.hexadecimal(6)}, `));
      }
    }
    log.write(log.truth.needle(`last words of run ${random.hexadecimal(8)}.`));
  },
};
