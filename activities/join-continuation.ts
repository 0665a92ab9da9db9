/**
 * A reply and its continuation as one text. Asked to go on, models like to open the fence again in which they were, or
 * to repeat the last words; both is taken away where it is certain.
 */
export function joinContinuation(begun: string, continued: string): string {
  if (begun === '') return continued;
  const rest = isInsideFence(begun) ? continued.replace(/^\s*```[a-z]+\n/, '') : continued;
  const overlap = overlapOf(begun, rest);
  return begun + rest.slice(overlap);
}

function isInsideFence(text: string): boolean {
  const marks = text.match(/^(?:```|~~~)/gm) ?? [];
  return marks.length % 2 === 1;
}

const leastOverlap = 20;
const mostOverlap = 2_000;

/**
 * How many characters at the end of one text are the beginning of the other. A few equal ones may be chance, and where
 * several lengths would do, it is a pattern that goes on.
 */
function overlapOf(begun: string, rest: string): number {
  const most = Math.min(mostOverlap, begun.length, rest.length);
  let found = 0;
  for (let length = most; length >= leastOverlap; length -= 1) {
    if (!begun.endsWith(rest.slice(0, length))) continue;
    if (found > 0) return 0;
    found = length;
  }
  return found;
}
