import type { LogKind } from '../log-writer.ts';
import { createPlanting } from './planted-errors.ts';
import { createWords } from './words.ts';

/** No line is like another: words in any order. A few of the lines are looked for, as well as the errors. */
export const distinctLines: LogKind = {
  name: 'every line distinct',
  isWithoutIncidents: true,
  write(log, random) {
    const words = createWords(4000, random);
    const planting = createPlanting(log, random);
    let wanted = 0;
    while (log.progress() < 1) {
      let line = random.pick(words);
      for (let more = random.integer(3, 11); more > 0; more -= 1) line += ` ${random.pick(words)}`;
      if (log.progress() >= (wanted + 0.3) / 25) {
        wanted += 1;
        log.truth.needle(line);
      }
      log.line(line);
      planting.plantWhenDue();
    }
  },
};
