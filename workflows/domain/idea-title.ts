import { shorten } from './journal.ts';

/** The first line that says something, without Markdown's marks. */
export function titleOf(idea: string): string {
  const line = idea.split('\n').find((candidate) => candidate.replace(/[#>*\-\s]/g, '') !== '') ?? idea;
  return shorten(line.replace(/^[#>*\-\s]+/, '').trim(), 80);
}
