import {
  metricLineSchema,
  resultFileSchema,
  type MetricLine,
  type MetricValue,
} from '../../workflows/schema/execution-record.ts';
import { readUntrusted, statUntrusted } from './untrusted-file.ts';

/**
 * Follows `metrics.jsonl` while it grows, and begins anew where it is replaced: a resumed training does that, to take
 * away what it will log again. Lines that are no metrics are skipped: the file is a script's to write.
 */
export interface MetricsTail {
  /** The newest line, after reading what has come since the last call. */
  advance(): Promise<MetricLine | null>;
  /** The newest value of every metric, over all lines; of a thousand names at most. */
  readonly values: Record<string, MetricValue>;
  /** The seconds of a line begin anew with every process of a training. */
  readonly restarts: Restarts;
}

export interface Restarts {
  /** What the processes before the newest one had logged last, together. */
  earlierSeconds: number;
  /** The first line of the newest process; null while there was only one. */
  firstLine: MetricLine | null;
}

const noRestart: Restarts = { earlierSeconds: 0, firstLine: null };

const chunkBytes = 1024 * 1024;
/** Of one `advance`, so that a script that writes without end cannot keep a watcher from its heartbeat. */
const mostChunks = 16;
const mostNames = 1000;

export function followMetrics(file: string): MetricsTail {
  let position = 0;
  let inode: number | null = null;
  let rest = '';
  let newest: MetricLine | null = null;
  let restarts = noRestart;
  const values: Record<string, MetricValue> = {};

  const takeLine = (line: string): void => {
    const parsed = metricLineSchema.safeParse(parseJson(line));
    if (!parsed.success) return;
    if (newest !== null && parsed.data.seconds < newest.seconds) {
      restarts = { earlierSeconds: restarts.earlierSeconds + newest.seconds, firstLine: parsed.data };
    }
    newest = parsed.data;
    for (const [name, value] of Object.entries(parsed.data.metrics)) {
      if (name in values || Object.keys(values).length < mostNames) values[name] = value;
    }
  };

  return {
    values,
    get restarts() {
      return restarts;
    },
    async advance() {
      const { size, ino } = await statUntrusted(file);
      if (ino !== inode || size < position) [inode, position, rest, newest, restarts] = [ino, 0, '', null, noRestart];
      for (let chunks = 0; chunks < mostChunks; chunks += 1) {
        const chunk = await readUntrusted(file, position, chunkBytes);
        if (chunk.length === 0) return newest;
        position += chunk.length;
        const lines = (rest + chunk.toString('latin1')).split('\n');
        rest = (lines.pop() ?? '').slice(-chunkBytes);
        lines.forEach(takeLine);
      }
      return newest;
    },
  };
}

const resultBytes = 1024 * 1024;

/** What `longrun.finish()` wrote; null when it was not called. */
export async function readResult(file: string): Promise<Record<string, MetricValue> | null> {
  const parsed = resultFileSchema.safeParse(parseJson((await readUntrusted(file, 0, resultBytes)).toString()));
  return parsed.success ? parsed.data.metrics : null;
}

/** `METRIC name=value` lines, for scripts that do not import the harness; the last value of a name counts. */
export function metricLines(output: string): Record<string, MetricValue> {
  const values: Record<string, MetricValue> = {};
  for (const [, name, text] of output.matchAll(/^METRIC ([A-Za-z_][\w./-]{0,99})=(\S{1,40})\s*$/gm)) {
    const value = metricValue(text ?? '');
    if (name !== undefined && value !== null) values[name] = value;
  }
  return values;
}

function metricValue(text: string): MetricValue | null {
  const special = /^([+-]?)(nan|inf|infinity)$/i.exec(text);
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return 'NaN';
    return special[1] === '-' ? '-Infinity' : 'Infinity';
  }
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A torn or foreign line is no metric.
  }
}
