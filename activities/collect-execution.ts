import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ApplicationFailure } from '@temporalio/activity';
import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import type { ExitRecord, MetricValue } from '../workflows/schema/execution-record.ts';
import type { Execution, ExecutionFault } from '../workflows/domain/execution.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { judgeExecution } from '../workflows/domain/judge-execution.ts';
import { markSuspect } from './adapters/free-slots.ts';
import { metricLines, readResult } from './adapters/metrics-tail.ts';
import { reopenExecution } from './adapters/supervised-process.ts';
import { openUntrusted, readUntrusted, sizeOfUntrusted } from './adapters/untrusted-file.ts';
import { isDiskFull } from './execution-limits.ts';
import { attemptFolder, executionFolder, withoutWorkFolder, type ExecutionPlace } from './execution-place.ts';
import { publishMetrics } from './publish-checkpoints.ts';
import type { Watched } from './watched.ts';

/**
 * Judges an execution that has ended, and puts its checkpoints, metrics, log and result into the folder of this
 * attempt. A fault that is not the script's is thrown, after the execution has been opened again: whoever asks next
 * goes on from the checkpoint.
 */
export async function collectExecution(watched: Watched, exit: ExitRecord): Promise<Execution> {
  const { dependencies, request, place, checkpoints, metrics } = watched;
  const { host } = dependencies;
  const newest = await metrics.advance();
  const tail = await outputTail(place);
  const values = await finalMetrics(watched, tail.text);
  const judgement = judgeExecution({
    exit,
    metrics: values,
    metricName: request.metric.name,
    output: tail.text,
    excerpt: excerptOf(tail),
    isDiskFull: await isDiskFull(host),
  });
  await checkpoints.settle();
  if (judgement.kind === 'fault') throw await reopen(watched, exit, judgement.fault);

  const { outcome } = judgement;
  const { sandbox } = exit;
  const data = request.resources.data.map(({ source, fingerprint }) => ({ name: source.name, ...fingerprint }));
  const log = await publish(watched, { outcome, metrics: values, exit, host: host.name, sandbox, data });
  return {
    name: request.name,
    outcome,
    host: host.name,
    sandbox,
    seconds: exit.seconds,
    step: newest?.step ?? null,
    metrics: Object.fromEntries(Object.entries(values).slice(0, 20)),
    droppedOutputBytes: exit.droppedOutputBytes,
    log,
  };
}

async function reopen({ dependencies, place }: Watched, exit: ExitRecord, fault: ExecutionFault): Promise<Error> {
  const { name, supervisorPython, slots } = dependencies.host;
  // By the preflight's evidence only: a script may say of its GPU whatever it likes.
  if (exit.reason === 'deviceUnusable') await markSuspect(slots.filter(({ name }) => exit.slots.includes(name)));
  await reopenExecution(supervisorPython, place.control, exit.attempt);
  return ApplicationFailure.create({
    type: failureType[fault.class],
    message: `On ${name}: ${fault.message}`,
    details: [{ host: name }],
  });
}

/** The record last: where it lies, everything does. Returns where the log will be once the attempt is accepted. */
async function publish({ dependencies, request, place }: Watched, result: object): Promise<ArtifactReference> {
  const folder = dependencies.artifacts.folder(request.experiment.id);
  const target = attemptFolder(request, request.placement.number, dependencies.host.name);
  const { omittedBytes } = await publishMetrics({ folder, place, target });
  const handle = await openUntrusted(place.output);
  try {
    const log =
      handle === null ? await folder.write(`${target}/log.txt`, '') : await folder.publish(`${target}/log.txt`, handle);
    await folder.write(
      `${target}/result.json`,
      `${JSON.stringify({ ...result, omittedMetricsBytes: omittedBytes }, null, 2)}\n`,
    );
    return { ...log, path: `${executionFolder(request)}/log.txt` };
  } finally {
    await handle?.close();
  }
}

/** `finish()` has the last word, then METRIC lines, then the newest logged values. */
async function finalMetrics({ place, metrics }: Watched, output: string): Promise<Record<string, MetricValue>> {
  const finished = await readResult(join(place.work, 'result.json'));
  return { ...metrics.values, ...metricLines(output), ...finished };
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
