import { ApplicationFailure } from '@temporalio/activity';
import { experimentInputSchema } from '../workflows/schema/experiment-input.ts';
import { failureType } from '../workflows/domain/failure-type.ts';

/** Each problem begins with the place that it is at; all of them are said at once. */
export function invalidInput(problems: string[]): ApplicationFailure {
  const known = Object.keys(experimentInputSchema.shape).join(', ');
  const hint = problems.some((problem) => problem.endsWith('unknown name')) ? ` The names are ${known}.` : '';
  return ApplicationFailure.create({
    type: failureType.invalidInput,
    message: `The input is not valid: ${problems.join('; ')}.${hint}`,
    nonRetryable: true,
    details: [problems],
  });
}
