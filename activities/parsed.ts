export type Parsed<T> = { kind: 'usable'; value: T } | { kind: 'unusable'; problems: string[] };

const mostProblems = 10;
const problemCharacters = 300;

/** The problems go into history and into the next prompt, so a list of a thousand wrong tasks is cut, and says so. */
export function unusable(...problems: string[]): { kind: 'unusable'; problems: string[] } {
  const shown = problems.slice(0, mostProblems).map((problem) => problem.slice(0, problemCharacters));
  const rest = problems.length - shown.length;
  return { kind: 'unusable', problems: rest > 0 ? [...shown, `and ${rest} more problems`] : shown };
}
