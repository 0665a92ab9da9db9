import { countTokens } from '../../../activities/language-model/count-tokens.ts';

/** The longest beginning of the text that fits. */
export function cutEnd(text: string, tokens: number): string {
  if (countTokens(text) <= tokens) return text;
  return text.slice(
    0,
    longestFitting(text.length, (length) => countTokens(text.slice(0, length)) <= tokens),
  );
}

/** As much of both as fits, in equal parts, and between them how much is missing. */
export function cutMiddle({ head, tail, skipped }: TwoEnds, tokens: number): string {
  const join = (length: number): string => {
    const missing = skipped + Math.max(0, head.length - length) + Math.max(0, tail.length - length);
    const note = missing > 0 ? `\n... [${missing} characters truncated] ...\n` : '';
    return `${head.slice(0, length)}${note}${tail.slice(Math.max(0, tail.length - length))}`;
  };
  const whole = Math.max(head.length, tail.length);
  return join(longestFitting(whole, (length) => countTokens(join(length)) <= tokens));
}

export interface TwoEnds {
  head: string;
  tail: string;
  /** Characters between them that are not there. */
  skipped: number;
}

function longestFitting(whole: number, fits: (length: number) => boolean): number {
  if (fits(whole)) return whole;
  let [fitting, tooLong] = [0, whole];
  while (tooLong - fitting > 1) {
    const length = Math.floor((fitting + tooLong) / 2);
    if (fits(length)) fitting = length;
    else tooLong = length;
  }
  return fitting;
}
