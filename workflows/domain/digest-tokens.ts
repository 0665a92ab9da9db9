/** What the prompt that summarizes them has room for, with a margin for their headings. */
const tokensForAll = 23_000;
const mostTokens = 8_000;
const fewestTokens = 500;

/** How large the digest of each log may be, where a trial has so many of them. */
export function digestTokens(logs: number): number {
  return Math.max(fewestTokens, Math.min(mostTokens, Math.floor(tokensForAll / logs)));
}
