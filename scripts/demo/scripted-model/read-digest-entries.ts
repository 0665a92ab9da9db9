/** Lines of one shape in a digest, or one line. */
export interface DigestEntry {
  /** "Tracebacks", "The last lines" */
  section: string;
  /** How many lines of the log it stands for. */
  lines: number;
  /** The line, or the first of them; in a section of tracebacks the error with its place. */
  text: string;
  /** Below the line, without their indentation. */
  details: string[];
}

/** The entries of one log's digest, in its order: `12: text`, `12-90 x45: text`, and the indented lines below each. */
export function readDigestEntries(digest: string): DigestEntry[] {
  const fenced = /^(.+):\n(`{3,})\n([\s\S]*?)\n\2$/gm;
  return [...digest.matchAll(fenced)].flatMap(([, heading = '', , body = '']) => readSection(heading, body));
}

function readSection(heading: string, body: string): DigestEntry[] {
  const entries: DigestEntry[] = [];
  for (const line of body.split('\n')) {
    const [, lines = '1', text] = /^\d+(?:-\d+ x(\d+)(?: in \d+ forms)?)?: ?(.*)$/.exec(line) ?? [];
    if (text === undefined) entries.at(-1)?.details.push(line.replace(/^ {2}/, ''));
    else entries.push({ section: heading, lines: Number(lines), text, details: [] });
  }
  return entries;
}
