/**
 * The error that ended a Python process, as the end of its output shows it: the message of the last traceback, after
 * those of the exceptions that caused it, or the last words of native code. Null where no such error ended it: what
 * was printed while the script went on, or after the end of it, does not count.
 *
 * It does not cover exception groups, and tracebacks that a library draws with boxes.
 */
export function finalError(output: string): string | null {
  const lines = output.split(/\r?\n/).map(withoutRank);
  const reports = errorReports(lines).filter(({ isAside }) => !isAside);
  const last = reports.at(-1);
  if (last === undefined || lines.slice(last.start).some(isProgress)) return null;
  let first = reports.length - 1;
  while (first > 0 && isConsequence(reports, first)) first -= 1;
  return reports
    .slice(first)
    .map(({ message }) => message)
    .join('\n');
}

interface ErrorReport {
  /** The number of its first line. */
  start: number;
  kind: 'traceback' | 'nativeException' | 'nativeEnd';
  message: string;
  /** Printed by the interpreter beside the cause of its end, or by a thread, whose exceptions end no process. */
  isAside: boolean;
  isCauseOfNext: boolean;
}

/** Enough of a message: untrusted text of any length goes through patterns. */
const mostCharacters = 4_000;

function errorReports(lines: string[]): ErrorReport[] {
  const starts = lines.flatMap((line, index) => (reportKind(line) === null ? [] : [index]));
  return starts.map((start, position) => {
    const [header = '', ...body] = lines.slice(start, starts[position + 1] ?? lines.length);
    const kind = reportKind(header) ?? 'traceback';
    return {
      start,
      kind,
      message: messageOf(kind, header, body).slice(0, mostCharacters),
      isAside: asides.test(lines[start - 1] ?? ''),
      isCauseOfNext: body.findLast((line) => line.trim() !== '') === directCause,
    };
  });
}

const asides = /^(?:Exception ignored |Exception in thread |Error in atexit|--- Logging error)/;
const directCause = 'The above exception was the direct cause of the following exception:';

/** A progress bar may stand before the header, on the same line. */
function reportKind(line: string): ErrorReport['kind'] | null {
  if (line.includes('Traceback (most recent call last):')) return 'traceback';
  if (line.startsWith('terminate called ')) return 'nativeException';
  return line.startsWith('Fatal Python error: ') ? 'nativeEnd' : null;
}

/** Below a traceback's indented frames; of faulthandler's report the first line, since the rest is a stack. */
function messageOf(kind: ErrorReport['kind'], header: string, body: string[]): string {
  if (kind === 'nativeEnd') return header;
  if (kind === 'nativeException') return [header, ...body].join('\n');
  const afterFrames = body.findIndex((line) => /^\S/.test(line));
  return afterFrames === -1 ? '' : body.slice(afterFrames).join('\n');
}

/** Errors that only say that there was one before them: its message is the one that counts. */
const echo = /^(?:[\w.]*ChildFailedError|[\w.]*CalledProcessError)\b/;

function isConsequence(reports: ErrorReport[], position: number): boolean {
  const [before, report] = [reports[position - 1], reports[position]];
  if (before === undefined || report === undefined) return false;
  if (report.kind === 'nativeEnd') return before.kind === 'nativeException';
  return before.isCauseOfNext || echo.test(report.message);
}

/** PyTorch marks what each process of a distributed training prints: "[rank0]: Traceback ...". */
function withoutRank(line: string): string {
  return line.replace(/^\[rank\d+\]: ?/, '');
}

/** What the harness prints of a script that is alive. */
function isProgress(line: string): boolean {
  return /^(?:step \d+: |finished: |METRIC )/.test(line);
}
