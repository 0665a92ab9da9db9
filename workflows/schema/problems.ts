import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Each problem of a failed parse as one line that begins with its path: `metric.direction: Invalid option: ...`. */
export function problemsOf(error: z.ZodError, root = 'input'): string[] {
  return error.issues.flatMap((issue) => describeIssue(issue, [], root));
}

function describeIssue(issue: Issue, parents: PropertyKey[], root: string): string[] {
  const path = [...parents, ...issue.path];
  if (issue.code === 'invalid_union') {
    return closestBranch(issue.errors).flatMap((inner) => describeIssue(inner, path, root));
  }
  const place = path.length > 0 ? path.join('.') : root;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...path, key].join('.')}: unknown name`);
  }
  return [
    `${place}: ${issue.message.replace(/^Invalid input: expected (.+), received undefined$/, 'is missing, must be a $1')}`,
  ];
}

/** Of a union's branches, the one that took the value's type and found something to say about its content. */
function closestBranch(branches: Issue[][]): Issue[] {
  const deeper = branches.find((issues) =>
    issues.some((issue) => issue.code !== 'invalid_type' || issue.path.length > 0),
  );
  return deeper ?? branches[0] ?? [];
}
