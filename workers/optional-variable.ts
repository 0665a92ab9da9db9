import { z } from 'zod';

/** An empty variable is one that is not set: compose files and shells leave such behind. */
export function optionalVariable<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
}
