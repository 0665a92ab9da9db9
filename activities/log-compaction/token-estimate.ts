import { countTokens, setMergeCacheSize } from 'gpt-tokenizer/encoding/r50k_base';

setMergeCacheSize(0);

/** Parts of words, digits by three, punctuation, blanks: the pieces that OpenAI's tokenizers cut a text into. */
const pieces =
  /[^\r\n\p{L}\p{N}]?\p{Lu}*[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|[^\r\n\p{L}\p{N}]?\p{Lu}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+\n*|\s+/gu;

/** Beyond, the tokenizer's time grows with the square of a piece's length. */
const longestPiece = 60;
const mostKnownPieces = 20_000;
const known = new Map<string, number>();

/**
 * About how many tokens a text has for the tokenizer of OpenAI's current models (o200k_base). Its own dictionary takes
 * 60 MB of memory; this counts with the 50,000 words of its first one (r50k_base), of which the newer one has nearly all
 * and many more: a piece that is one word there costs one token, any other a little less than there.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(pieces)) {
    let cost = known.get(piece);
    if (cost === undefined) {
      cost = costOf(piece);
      if (known.size < mostKnownPieces) known.set(piece, cost);
    }
    tokens += cost;
  }
  return Math.ceil(tokens);
}

/**
 * What a token there comes to here: words of many scripts are joined by the larger dictionary, long rows of punctuation
 * are not.
 */
const shares = { word: 0.86, cyrillicOrGreek: 0.42, punctuation: 0.9, other: 1.3 };
const longestJoinedPunctuation = 5;

function costOf(piece: string): number {
  if (/^\p{N}+$/u.test(piece)) return 1;
  if (/^\s+$/.test(piece)) return Math.ceil(piece.length / 4);
  if (piece.length > longestPiece) return Buffer.byteLength(piece) * 0.75;
  const count = countTokens(piece);
  return count === 1 ? 1 : Math.max(1.1, shares[kindOf(piece)] * count);
}

function kindOf(piece: string): keyof typeof shares {
  if (/^[^\p{L}]?[\p{Script=Cyrillic}\p{Script=Greek}]+$/u.test(piece)) return 'cyrillicOrGreek';
  if (
    /^[^\p{L}]?[\p{Script=Latin}\p{Script=Han}\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Thai}]+$/u.test(piece)
  ) {
    return 'word';
  }
  return /^[\x20-\x7e\n…]+$/.test(piece) && piece.length <= longestJoinedPunctuation ? 'punctuation' : 'other';
}
