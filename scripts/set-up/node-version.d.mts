export function findNodeVersionProblem(version: string): string | undefined;
