import { metricPatterns } from './metric-patterns.ts';

/** What plain patterns find in a log's text, without knowing what its generator wrote. */
export interface Recount {
  exceptions: Set<string>;
  /** `file:line` of the last frame before an exception that is no library's. */
  locations: Set<string>;
  /** Whole lines. */
  warnings: string[];
  /** All values of each series, as they are printed. */
  values: Map<string, string[]>;
  /** Lines with this text. */
  count(phrase: string): number;
}

export function recount(text: string, kind: string): Recount {
  const lines = visibleLines(text);
  const patterns = metricPatterns(kind);
  const values = new Map<string, string[]>();
  for (const line of lines) {
    for (const [series, pattern] of patterns) {
      const value = pattern.exec(line)?.[1];
      if (value === undefined) continue;
      const known = values.get(series);
      if (known === undefined) values.set(series, [value]);
      else known.push(value);
    }
  }
  return {
    ...recountRaised(lines),
    warnings: lines.filter((line) => warning.test(line) && !/(?:cc:767|python3|torchrun):? $/.test(line)),
    values,
    count: (phrase) => lines.filter((line) => line.includes(phrase)).length,
  };
}

// oxlint-disable-next-line no-control-regex
const control = /\u001b\[[0-9;]*[A-Za-z]/g;

function visibleLines(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  return lines.map((line) => line.slice(line.lastIndexOf('\r') + 1).replaceAll(control, ''));
}

const warning =
  /[a-z]Warning: |\bWARN(?:ING)?\b|\[Warning\]|^Warning: |^W\d{4} .*\] [^*\s]|"level": "warning"| W tensorflow|\(raylet\) \S*monitor/;

const label = /^(?:\[default\d+\]:|\[rank\d+\]: |[ \d]\d: |\(\w+ pid=\d+, ip=[\d.]+\) )/;
const stamp = /^(?:[IWEF]\d{4} [\d:.]+ \d+ [\w.]+:\d+\] |[\d-]+ [\d:,]+ - \w+ - [A-Z]+ - )/;
const raised = /^(?:[a-z_][\w.]*\.)?(?:[A-Z]\w*(?:Error|Interrupt|Stopped)|Empty)(?:: .*)?$/;
const frame = /(?:^ *File "([^"]+)", line (\d+))|(?:^│ (\/\S+):(\d+) in )/;
const library = /site-packages|dist-packages|\/bin\/torchrun/;

function recountRaised(lines: readonly string[]): Pick<Recount, 'exceptions' | 'locations'> {
  const exceptions = new Set<string>();
  const locations = new Set<string>();
  const innermost = new Map<string, string>();
  for (const [source, text] of lines.flatMap(readSource)) {
    const [, file, line, boxedFile, boxedLine] = frame.exec(text) ?? [];
    const place = file ?? boxedFile;
    if (place !== undefined && !library.test(place)) innermost.set(source, `${place}:${line ?? boxedLine}`);
    const stuck = /Watchdog caught collective operation timeout: WorkNCCL\(SeqNum=/.exec(text);
    if (stuck !== null) exceptions.add(stuck[0]);
    if (!raised.test(text)) continue;
    exceptions.add(
      text
        .slice(0, 100)
        .trimEnd()
        .replace(/Error:$/, 'Error'),
    );
    const known = innermost.get(source);
    if (known !== undefined) locations.add(known);
    innermost.delete(source);
  }
  return { exceptions, locations };
}

/** Whose line it is, and the line without its labels. One JSON object can hold several lines. */
function readSource(line: string): [source: string, text: string][] {
  const quoted = /"exception": (".*")\}$/.exec(line)?.[1];
  if (quoted !== undefined) return (JSON.parse(quoted) as string).split('\n').map((text) => ['', text]);
  const source = label.exec(line)?.[0] ?? '';
  return [[source, line.slice(source.length).replace(stamp, '')]];
}
