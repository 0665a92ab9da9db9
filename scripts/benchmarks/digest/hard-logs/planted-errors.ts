import type { LogWriter } from '../log-writer.ts';
import { anyFailure, outOfMemory } from '../parts/failures.ts';
import { pickProgram } from '../parts/programs.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

export const plantedErrors = 25;

/** Writes one of the errors whenever the next 25th of the log is reached; none comes at its very ends. */
export function createPlanting(log: LogWriter, random: Random): { plantWhenDue(): void } {
  let planted = 0;
  return {
    plantWhenDue() {
      if (planted >= plantedErrors || log.progress() < (planted + 0.5) / plantedErrors) return;
      planted += 1;
      const program = pickProgram(random, `job_${random.hexadecimal(4)}.py`);
      if (planted % 5 === 0) {
        log.line(
          log.truth.needle(`ERROR: evaluation ${random.hexadecimal(5)} gave no result, checkpoint was not promoted`),
        );
      } else writeTraceback(log, random.pick([anyFailure, outOfMemory])(random, program));
    },
  };
}
