import assert from 'node:assert/strict';

export interface DigestSection {
  heading: string;
  /** Without the fences. */
  lines: string[];
}

export interface ParsedDigest {
  header: string;
  sections: DigestSection[];
}

const headings = [
  'Reported results',
  'Tracebacks',
  'Errors and warnings',
  'Lines with numbers that change',
  'Other lines',
  'The last lines',
  'All of it',
];

/**
 * Reads a digest as a reader of Markdown would. Fails where anything but the header, the known headings and blank lines
 * stands outside of a fence.
 */
export function parseDigest(digest: string): ParsedDigest {
  const [header = '', ...rest] = digest.replace(/\n$/, '').split('\n');
  const sections: DigestSection[] = [];
  let fence = '';
  for (const line of rest) {
    if (fence !== '') {
      // CommonMark: a fence ends at one of its character that is at least as long, indented by three blanks at most.
      const closing = /^ {0,3}(`{3,})\s*$/.exec(line)?.[1] ?? '';
      if (closing.length >= fence.length) fence = '';
      else sections.at(-1)?.lines.push(line);
    } else if (/^`{3,}$/.test(line)) {
      fence = line;
    } else if (line !== '') {
      assert.ok(
        headings.some((heading) => line.startsWith(heading)),
        `outside of every fence: ${line}`,
      );
      sections.push({ heading: line, lines: [] });
    }
  }
  assert.equal(fence, '', 'The last fence is not closed.');
  return { header, sections };
}

/** Lines of the log that the entries outside of the last lines stand for, by their places: `7:` and `7-90 x12:`. */
export function shownLines({ sections }: ParsedDigest): number {
  const places = sections
    .filter(({ heading }) => !heading.startsWith('The last lines'))
    .flatMap(({ lines }) => lines.flatMap((line) => placeOf(line) ?? []));
  return places.reduce((sum, { count }) => sum + count, 0);
}

/** Lines of the log that the header counts as left out. */
export function omittedLines({ header }: ParsedDigest): number {
  return [...header.matchAll(/\((\d+) lines?\)(?! of output)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** The numbers of the last lines that are shown. */
export function tailNumbers({ sections }: ParsedDigest): number[] {
  const lines = sections.find(({ heading }) => heading.startsWith('The last lines'))?.lines ?? [];
  return lines.flatMap((line) => placeOf(line)?.firstLine ?? []);
}

function placeOf(line: string): { firstLine: number; count: number } | null {
  const [, first, count = '1'] = /^(\d+)(?:-\d+ x(\d+))?:/.exec(line) ?? [];
  return first === undefined ? null : { firstLine: Number(first), count: Number(count) };
}
