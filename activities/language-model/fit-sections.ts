import { countTokens } from './count-tokens.ts';

/** A part of a prompt. */
export interface Section {
  name: string;
  text: string;
  /** What it may take at most, however much room there is. */
  mostTokens: number;
}

export interface FittedSections {
  sections: { name: string; text: string }[];
  tokens: number;
  /** What was cut out of which section. */
  leftOut: { name: string; tokens: number }[];
}

/**
 * Cuts sections until they fit: each to its own limit, then the largest ones down to a common level, so that small
 * sections stay whole. What is cut out is the middle, and a receipt stands in its place. A limit below what the receipts
 * themselves take is passed.
 */
export function fitSections(sections: readonly Section[], limitTokens: number): FittedSections {
  const sized = sections.map((section) => ({ ...section, tokens: countTokens(section.text) }));
  const level = commonLevel(
    sized.map(({ tokens, mostTokens }) => Math.min(tokens, mostTokens)),
    limitTokens,
  );
  const fitted = sized.map(({ name, text, tokens, mostTokens }) => {
    const allowed = Math.min(tokens, mostTokens, level);
    return { name, ...(allowed < tokens ? cutMiddle(text, tokens, allowed) : { text, tokens, cutTokens: 0 }) };
  });
  return {
    sections: fitted.map(({ name, text }) => ({ name, text })),
    tokens: fitted.reduce((sum, { tokens }) => sum + tokens, 0),
    leftOut: fitted.flatMap(({ name, cutTokens }) => (cutTokens > 0 ? [{ name, tokens: cutTokens }] : [])),
  };
}

/** The highest level at which sizes that are cut down to it fit together; infinite where all of them fit as they are. */
function commonLevel(sizes: readonly number[], limit: number): number {
  const ascending = sizes.toSorted((a, b) => a - b);
  let left = Math.max(0, limit);
  for (const [index, size] of ascending.entries()) {
    const share = left / (ascending.length - index);
    if (size > share) return Math.floor(share);
    left -= size;
  }
  return Infinity;
}

interface Cut {
  text: string;
  tokens: number;
  cutTokens: number;
}

/** Tokens are not spread evenly over a text: its ends may take more of them than its length says. */
const cautionFactor = 0.9;

/** Counts only what is kept, never the middle again: that may be megabytes. */
function cutMiddle(text: string, tokens: number, allowedTokens: number): Cut {
  let keptCharacters = text.length;
  let keptTokens = tokens;
  for (;;) {
    keptCharacters = Math.floor(keptCharacters * Math.min(1, allowedTokens / keptTokens) * cautionFactor);
    const head = text.slice(0, headEnd(text, Math.ceil(keptCharacters / 2)));
    const tail = text.slice(tailStart(text, text.length - Math.floor(keptCharacters / 2)));
    const cutTokens = Math.max(1, tokens - countTokens(head) - countTokens(tail));
    const cutLines = countLines(text.slice(head.length, text.length - tail.length));
    const kept = [head, receipt(cutTokens, cutLines), tail].filter((part) => part !== '').join('\n');
    keptTokens = countTokens(kept);
    if (keptTokens <= allowedTokens || keptCharacters === 0) return { text: kept, tokens: keptTokens, cutTokens };
  }
}

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function receipt(tokens: number, lines: number): string {
  const counted = `${tokens.toLocaleString('en-US')} tokens (${lines.toLocaleString('en-US')} lines)`;
  return `[... ${counted} left out here to fit the model's context ...]`;
}

/** A line is cut only where there is no line break nearby. */
const nearbyCharacters = 400;

function headEnd(text: string, position: number): number {
  const lineBreak = text.lastIndexOf('\n', position);
  if (lineBreak > 0 && position - lineBreak < nearbyCharacters) return lineBreak;
  return isInsideCharacter(text, position) ? position - 1 : position;
}

function tailStart(text: string, position: number): number {
  const lineBreak = text.indexOf('\n', position);
  if (lineBreak !== -1 && lineBreak - position < nearbyCharacters) return lineBreak + 1;
  return isInsideCharacter(text, position) ? position + 1 : position;
}

/** Between the two halves of a character that takes two code units. */
function isInsideCharacter(text: string, position: number): boolean {
  const unit = text.charCodeAt(position);
  return position > 0 && unit >= 0xdc00 && unit <= 0xdfff;
}
