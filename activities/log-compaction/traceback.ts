/** One error with its frames and the errors that led to it, and how often it occurred. */
export interface Traceback {
  /** As Python prints it, from `Traceback (most recent call last):` on, without what stood before each line. */
  readonly text: string;
  /** Bytes of the first occurrence that are not in the text. */
  readonly cutBytes: number;
  /** What stood before its lines where it occurred: `[rank3]:`. Distinct, without an empty one, at most `mostPrefixes`. */
  readonly prefixes: Set<string>;
  count: number;
  /** Lines of all occurrences. */
  lines: number;
  firstLine: number;
  lastLine: number;
}

/** Errors for which there was no room, by their type. */
export interface OtherTracebacks {
  type: string;
  count: number;
  lines: number;
}

export interface Frame {
  file: string;
  line: number;
  function: string;
}

/** One link of a chain of errors. */
export interface RaisedError {
  frames: Frame[];
  /** `RuntimeError`; empty where the line that says so is missing: it was killed, or its lines are mixed with others'. */
  type: string;
  /** May be empty. Further lines of it follow the first. */
  message: string;
}

const dotted = /^(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*(?::|$)/;
const named = /^[A-Z]\w*(?:Error|Exception|Warning|Interrupt|Exit|Iteration|Failure|Fault|Timeout|Group)(?::|$)/;
/** A name that says nothing of an error, with a message: no level of a logger, and no measured value. */
const other = /^(?!(?:INFO|DEBUG|WARNING|WARN|ERROR|CRITICAL|FATAL|TRACE|NOTE|METRIC):)[A-Z]\w*: (?![-+\d.])/;

/** Whether a line may be the last of a traceback: `RuntimeError: message`, `socket.timeout`, `KeyboardInterrupt`. */
export function isExceptionLine(line: string): boolean {
  return dotted.test(line) || named.test(line) || other.test(line);
}

const frameLine = /^\s*File "([^"]+)", line (\d+)(?:, in (.+))?/;
const foreignFile = /(?:site|dist)-packages|^<frozen|lib\/python\d|\/python\d[^/]*\/lib\//;

/** The chain in the order in which Python prints it: the cause first, the error that ended the program last. */
export function raisedErrors(text: string): RaisedError[] {
  return text.split(/^.*Traceback \(most recent call last\):.*$/m).flatMap((part) => {
    const lines = part
      .split('\n')
      .filter((line) => line.trim() !== '' && !/^(During handling of|The above exception)/.test(line));
    if (lines.length === 0) return [];
    const frames = lines.flatMap(readFrame);
    const last = lines.findLastIndex(isExceptionLine);
    const ending = lines[last] ?? '';
    const colon = ending.indexOf(':');
    const type = colon < 0 ? ending : ending.slice(0, colon);
    const continued = last < 0 ? [] : lines.slice(last + 1).map((line) => line.trim());
    const message = [colon < 0 ? '' : ending.slice(colon + 1).trim(), ...continued].filter((part) => part !== '');
    return [{ frames, type, message: message.join(' ') }];
  });
}

/** The innermost frame that is no library's; where all are, the innermost. */
export function ownFrame(frames: readonly Frame[]): Frame | null {
  return frames.findLast(({ file }) => !foreignFile.test(file)) ?? frames.at(-1) ?? null;
}

function readFrame(line: string): Frame[] {
  const match = frameLine.exec(line);
  if (match === null) return [];
  return [{ file: match[1] ?? '', line: Number(match[2]), function: match[3] ?? '' }];
}
