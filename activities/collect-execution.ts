import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { ExitRecord, MetricValue } from '../workflows/schema/execution-record.ts';
import { classifyExecution, type Execution } from '../workflows/domain/execution.ts';
import { metricLines, readResult, type MetricsTail } from './adapters/metrics-tail.ts';
import { openUntrusted, readUntrusted, sizeOfUntrusted } from './adapters/untrusted-file.ts';
import type { HostDependencies } from './dependencies.ts';
import { withoutWorkFolder, type ExecutionPlace } from './execution-place.ts';
import { trialFolder } from './experiment-files.ts';
import type { ExecutionRequest } from './run-training.ts';

export interface EndedExecution {
  request: ExecutionRequest;
  place: ExecutionPlace;
  exit: ExitRecord;
  metrics: MetricsTail;
}

/** Judges an execution that has ended, and puts its log, metrics and result into the artifact folder. */
export async function collectExecution(
  { artifacts, host }: HostDependencies,
  { request, place, exit, metrics }: EndedExecution,
): Promise<Execution> {
  const newest = await metrics.advance();
  const tail = await outputTail(place);
  const values = await finalMetrics(place, metrics.values, tail.text);
  const outcome = classifyExecution({
    exit,
    metrics: values,
    metricName: request.metricName,
    excerpt: excerptOf(tail),
  });

  const folder = artifacts.folder(request.experiment.id);
  const target = `${trialFolder(request.trial)}/${request.name}`;
  const log = await folder.publish(`${target}/log.txt`, place.output);
  await publishMetrics(place, (file) => folder.publish(`${target}/metrics.jsonl`, file));
  await folder.write(
    `${target}/result.json`,
    `${JSON.stringify({ outcome, metrics: values, exit, host: host.name }, null, 2)}\n`,
  );
  return {
    name: request.name,
    outcome,
    host: host.name,
    seconds: exit.seconds,
    step: newest?.step ?? null,
    metrics: Object.fromEntries(Object.entries(values).slice(0, 20)),
    log,
  };
}

/** `finish()` has the last word, then METRIC lines, then the newest logged values. */
async function finalMetrics(
  place: ExecutionPlace,
  logged: Record<string, MetricValue>,
  output: string,
): Promise<Record<string, MetricValue>> {
  const finished = await readResult(join(place.work, 'result.json'));
  return { ...logged, ...metricLines(output), ...finished };
}

interface OutputTail {
  text: string;
  /** How much of the output came before it. */
  skippedBytes: number;
}

const tailBytes = 256 * 1024;
const excerptCharacters = 4_000;

async function outputTail(place: ExecutionPlace): Promise<OutputTail> {
  const { output } = place;
  const bytes = await sizeOfUntrusted(output);
  const text = (await readUntrusted(output, Math.max(0, bytes - tailBytes), tailBytes)).toString();
  return { text: withoutWorkFolder(text, place), skippedBytes: Math.max(0, bytes - tailBytes) };
}

/**
 * The end of the output, where a traceback ends; it says how much came before. Control characters become dots: they
 * would swell in JSON, and history takes no payload over 32 KB.
 */
function excerptOf({ text, skippedBytes }: OutputTail): string {
  const readable = stripVTControlCharacters(text)
    .trim()
    .replace(/[^\P{C}\n\t]/gu, '·');
  const excerpt = readable.slice(-excerptCharacters);
  const omitted = skippedBytes + readable.length - excerpt.length;
  return omitted > 0 ? `[about ${omitted} characters of output before this]\n${excerpt}` : excerpt;
}

async function publishMetrics(place: ExecutionPlace, publish: (file: string) => Promise<unknown>): Promise<void> {
  const file = join(place.work, 'metrics.jsonl');
  const handle = await openUntrusted(file);
  if (handle === null) return;
  await handle.close();
  await publish(file);
}
