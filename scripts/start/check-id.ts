import { experimentIdSchema } from '../../workflows/schema/experiment-input.ts';
import { problemsOf } from '../../workflows/schema/problems.ts';
import { UserError } from '../user-error.ts';

/** Throws a UserError for what cannot be the id of a new experiment. */
export function checkId(id: string): void {
  const parsed = experimentIdSchema.safeParse(id);
  if (parsed.success) return;
  const problems = problemsOf(parsed.error, id === '' ? 'an empty one' : id);
  throw new UserError(`The id is not valid: ${problems.join('; ')}.`, 2);
}
