import type { LogKind } from '../log-writer.ts';
import { createPlanting } from './planted-errors.ts';

/** A service's log: ids, addresses and digests that never come again, in lines of few kinds. */
export const idsInEveryLine: LogKind = {
  name: 'ids in every line',
  isWithoutIncidents: true,
  write(log, random) {
    const { truth } = log;
    const planting = createPlanting(log, random);
    for (let step = 0; log.progress() < 1; step += 1) {
      const request = random.uuid();
      log.line(
        `req=${request} ${truth.repeated('cache lookup key')} ${random.hexadecimal(32)} node ${random.hexadecimal(4)}:${random.hexadecimal(4)}::1 object at 0x7f${random.hexadecimal(10)}`,
      );
      if (step % 3 === 0) log.line(`req=${request} ${truth.repeated('fetched blob sha256:')}${random.hexadecimal(64)}`);
      if (step % 40 === 0)
        log.line(
          `run ${random.hexadecimal(8)}: reward ${truth.metric('reward', (random.normal() * 3 + 10).toFixed(4))} of episode ${random.uuid()}`,
        );
      planting.plantWhenDue();
    }
  },
};
