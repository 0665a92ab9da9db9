import { shorten } from './journal.ts';

const summaryCharacters = 50;
const longestTail = 20;

/**
 * The label of a step in the Temporal Web UI, at most 50 characters: "trial 7: train widen the MLP, seed 2". The tail
 * is what tells siblings apart, so it is the middle that is shortened.
 */
export function trialSummary(trial: number, act: string, tail = ''): string {
  const end = tail === '' ? '' : `, ${shorten(tail, longestTail)}`;
  const start = `trial ${trial}: `;
  return `${start}${shorten(act, summaryCharacters - start.length - end.length)}${end}`;
}
