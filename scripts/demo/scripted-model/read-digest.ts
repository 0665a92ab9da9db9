import { readDigestEntries, type DigestEntry } from './read-digest-entries.ts';
import { readLoggedValues, readValues, type LoggedValues } from './read-logged-values.ts';

/** The digest of one process's log, as far as the harness's own lines, errors and warnings go. */
export interface ExecutionDigest {
  /** `seed-0` */
  name: string;
  /** "completed with 6.57" */
  ending: string;
  /** What the digest says about a log of which it shows nothing; null for any other. */
  emptiness: string | null;
  /** The digest's account of what it left out, such as "12 kinds of other lines (40 lines)"; null where that is nothing. */
  omission: string | null;
  logged: LoggedValues;
  /** The values of the newest line `finished: ...`; empty without one. */
  finished: ReadonlyMap<string, string>;
  /** Each kind once, with how many lines of it there were. */
  warnings: DigestWarning[];
  /** Errors and the last lines, as Python printed them. */
  errors: string;
}

interface DigestWarning {
  /** "RuntimeWarning: overflow encountered in exp": the last lines may name its place in another way. */
  kind: string;
  text: string;
  lines: number;
}

/** One part for each `## seed-0: ending`. */
export function readDigest(text: string): ExecutionDigest[] {
  return text
    .split(/^(?=## \S+: )/m)
    .filter((part) => part.startsWith('## '))
    .map(readExecution);
}

function readExecution(text: string): ExecutionDigest {
  const [, name = '', ending = '', header = ''] = /^## (\S+): (.*)\n+(.*)/.exec(text) ?? [];
  const entries = readDigestEntries(text);
  return {
    name,
    ending,
    emptiness: header.startsWith('Log of ') ? null : header,
    omission: /; left out: (.*)\.$/.exec(header)?.[1] ?? null,
    logged: readLoggedValues(entries),
    finished: readFinished(entries),
    warnings: readWarnings(entries),
    errors: entries
      .filter(({ section }) => tellsErrors(section))
      .map(asPrinted)
      .join('\n'),
  };
}

function readFinished(entries: readonly DigestEntry[]): Map<string, string> {
  const lines = entries.filter(({ text, lines }) => lines === 1 && text.startsWith('finished: '));
  return readValues(lines.at(-1)?.text ?? '');
}

function readWarnings(entries: readonly DigestEntry[]): DigestWarning[] {
  const found = entries.flatMap(({ section, text, lines }) => {
    const kind = /\w*warning.*/i.exec(text)?.[0];
    return section === 'Tracebacks' || kind === undefined ? [] : [{ kind, text, lines }];
  });
  // A kind of warning may be among the last lines once more.
  return found.filter(({ kind }, index) => found.findIndex((other) => other.kind === kind) === index);
}

function tellsErrors(section: string): boolean {
  return ['Tracebacks', 'Errors and warnings', 'The last lines', 'All of it'].includes(section);
}

/** An error with its place becomes the frame and the error below it; everything else is as it was printed. */
function asPrinted({ section, text, details }: DigestEntry): string {
  const [, error, frame] = /^(.*?), (File "[^"]+", line \d+(?:, in \S+)?)$/.exec(text) ?? [];
  if (section !== 'Tracebacks' || error === undefined || frame === undefined) return text;
  const whole = details.some((line) => line.startsWith('Traceback ')) ? details : [];
  return [...whole, `  ${frame}`, error].join('\n');
}
