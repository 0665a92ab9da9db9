import { fileURLToPath } from 'node:url';

const longrun = fileURLToPath(new URL('../../longrun.mjs', import.meta.url));

/** What a person types to see a log's digest. */
export function longrunDigest(file: string, tokens: number): [string, ...string[]] {
  return [process.execPath, longrun, 'digest', file, '--tokens', String(tokens)];
}
