import { z } from 'zod';

/**
 * How history points at a file of the experiment: texts of any size stay in the artifact folder.
 * `path` is relative to the artifact root or to the experiment's folder, as the field that carries it says.
 */
export const artifactReferenceSchema = z.strictObject({
  path: z.string().min(1).max(300),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
  bytes: z.number().int().nonnegative(),
});

export type ArtifactReference = z.infer<typeof artifactReferenceSchema>;
