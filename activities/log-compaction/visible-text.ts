import { stripVTControlCharacters } from 'node:util';

/**
 * What a person would read of a line's bytes, given as Latin 1: UTF-8 decoded, without colours and control characters.
 * Bars, rules, runs of blanks and the way to installed packages are shortened; indentation stays.
 */
export function visibleText(latin1: string): string {
  const text = plainText(latin1).replace(bars, '');
  const indentation = /^ */.exec(text)?.[0] ?? '';
  const short = text
    .trim()
    .replace(/ {2,}/g, ' ')
    .replace(/([=#*~_-])\1{7,}/g, '$1$1$1')
    .replace(/(?<![\w.~/-])(?:[\w.~-]*\/)+(?:site|dist)-packages\//g, '…/');
  return indentation.slice(0, 8) + short;
}

/** The same, with nothing shortened. */
export function plainText(latin1: string): string {
  // oxlint-disable-next-line no-control-regex
  return /[^\x20-\x7e]/.test(latin1) ? decoded(latin1) : latin1;
}

function decoded(latin1: string): string {
  const text = stripVTControlCharacters(Buffer.from(latin1, 'latin1').toString('utf8'));
  return text
    .replaceAll('\t', ' ')
    .replace(bars, '')
    .replace(controlCharacters, '')
    .replace(/\uFFFD$/, '');
}

/** Box drawing, blocks, geometric shapes, Braille: what bars and spinners are made of. */
const bars = /[\u2500-\u25ff\u2800-\u28ff]+/g;
// oxlint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u001f\u007f]/g;

/** Cut with a receipt. */
export function cutText(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) return text;
  const isWithinPair = /[\uD800-\uDBFF]/.test(text.charAt(mostCharacters - 1));
  const kept = text.slice(0, isWithinPair ? mostCharacters - 1 : mostCharacters);
  return `${kept} [+${text.length - kept.length} characters]`;
}
