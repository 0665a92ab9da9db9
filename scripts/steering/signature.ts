import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';

/** Who says something, and by which id it is known when it has arrived: twice delivered it is once taken. */
export interface Signature {
  by: string;
  id: string;
}

export function signature(by = userName()): Signature {
  return { by, id: randomUUID() };
}

/** In a container the user may be a mere number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}
