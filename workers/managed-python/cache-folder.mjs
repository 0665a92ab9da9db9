import { homedir } from 'node:os';
import path from 'node:path';

/** Where Longrun keeps what can be built again: `${XDG_CACHE_HOME:-~/.cache}/longrun`. It may not exist yet. */
export function cacheFolder(environment) {
  const base = environment.XDG_CACHE_HOME || path.join(environment.HOME || homedir(), '.cache');
  return path.resolve(base, 'longrun');
}
