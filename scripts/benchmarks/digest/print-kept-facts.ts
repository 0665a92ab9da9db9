import { readFile } from 'node:fs/promises';
import { countTokens } from '../../../activities/language-model/count-tokens.ts';
import { printLine } from '../../print.ts';
import { grouped, megabytes } from './bench.ts';
import { describeFact, factClasses, type Fact } from './fact.ts';
import { budgets, longrunMethod, type CountedLog, type Result } from './kept-facts.ts';
import { ofClass } from './score-digest.ts';
import { formatTable } from './table.ts';

/** By class of fact and in all, for every method and budget. */
export function printByClass(results: readonly Result[]): void {
  const heads = ['method', 'tokens', 'most used', ...factClasses, 'all', '%', 'reported', 'silent'];
  const rows = budgets.flatMap((tokens) => {
    const methods = new Set(results.map(({ method }) => method));
    return [...methods].map((method) => {
      const own = results.filter((result) => result.method === method && result.tokens === tokens);
      return [method, grouped(tokens), mostUsed(own), ...countClasses(own)];
    });
  });
  printLine('\nFacts kept, over all generated logs\n');
  printLine(formatTable(heads, rows));
}

function mostUsed(results: readonly Result[]): string {
  return grouped(Math.max(...results.map(({ text }) => countTokens(text))));
}

function countClasses(results: readonly Result[]): string[] {
  const kept = results.flatMap(({ score }) => score.kept);
  const planted = results.flatMap(({ log }) => log.facts);
  return [
    ...factClasses.map((each) => share(ofClass(kept, each), ofClass(planted, each))),
    share(kept, planted),
    percent(kept.length, planted.length),
    String(results.flatMap(({ score }) => score.reported).length),
    String(results.flatMap(({ score }) => score.silent).length),
  ];
}

function share(kept: readonly Fact[], planted: readonly Fact[]): string {
  return `${kept.length}/${planted.length}`;
}

function percent(part: number, whole: number): string {
  return ((100 * part) / whole).toFixed(1);
}

/** Tokens of the digest against those of the log, and what it keeps, log by log. */
export async function printByKind(results: readonly Result[]): Promise<void> {
  const heads = [
    'log',
    'size',
    'raw tokens',
    ...budgets.flatMap((tokens) => [`at ${grouped(tokens)}`, 'raw/digest', 'kept', 'silent']),
  ];
  const own = results.filter(({ method }) => method === longrunMethod);
  const rows: string[][] = [];
  for (const log of new Set(own.map((result) => result.log))) {
    const rawTokens = countTokens(await readFile(log.file, 'utf8'));
    const cells = budgets.flatMap((tokens) =>
      describeResult(
        own.find((each) => each.log === log && each.tokens === tokens),
        rawTokens,
      ),
    );
    rows.push([log.kind, megabytes(log.bytes), grouped(rawTokens), ...cells]);
  }
  printLine('\nTokens of the digest against the log (above 500,000 characters the raw tokens are extrapolated)\n');
  printLine(formatTable(heads, rows));
}

function describeResult(result: Result | undefined, rawTokens: number): string[] {
  if (result === undefined) throw new Error('A log has no result at this budget.');
  const tokens = countTokens(result.text);
  const { kept, silent } = result.score;
  return [
    grouped(tokens),
    (rawTokens / Math.max(1, tokens)).toFixed(1),
    share(kept, result.log.facts),
    String(silent.length),
  ];
}

const longestList = 40;

/** What the digest lost without a word, for whoever mends it. */
export function printSilent(results: readonly Result[]): void {
  const lines = results
    .filter(({ method }) => method === longrunMethod)
    .flatMap(({ log, tokens, score }) =>
      score.silent.map((fact) => `${nameLog(log)} at ${grouped(tokens)}: ${describeFact(fact)}`),
    );
  if (lines.length === 0) return;
  printLine(`\nLost by the digest without being reported: ${lines.length}\n`);
  for (const line of lines.slice(0, longestList)) printLine(line);
  if (lines.length > longestList) printLine(`... and ${lines.length - longestList} more`);
}

function nameLog({ kind, bytes }: CountedLog): string {
  return `${kind}, ${megabytes(bytes)}`;
}
