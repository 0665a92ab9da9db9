import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ExitRecord } from '../workflows/schema/execution-record.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { openAllowListProxy } from './adapters/allow-list-proxy.ts';
import type { Host } from './adapters/host.ts';
import { ensureExecution, reopenExecution, requestOf, type ExecutionSpec } from './adapters/supervised-process.ts';
import { readUntrusted, sizeOfUntrusted } from './adapters/untrusted-file.ts';
import { dataFolder, fetchPlace, type FetchedData } from './data-place.ts';
import { executionLimits } from './execution-limits.ts';
import { sandboxWorkFolder } from './execution-place.ts';
import { sandboxSpec } from './prepare-execution.ts';

const relay = fileURLToPath(new URL('./python/network_relay.py', import.meta.url));
const fetchSeconds = 10 * 3600;
const mostAttempts = 3;

/**
 * Runs a person's script that leaves a data set in its folder, unless it has done so on this host. It is a supervised
 * execution like a training, in the same sandbox: a worker that dies costs the connections in flight and nothing that
 * was fetched. What it can reach is the proxy behind a socket in its folder, which knows the allow-list.
 */
export async function fetchData(host: Host, source: FetchedData, script: string): Promise<void> {
  const target = dataFolder(host, source);
  if (existsSync(target)) return;
  const { control, work } = fetchPlace(host, source);
  await mkdir(work, { recursive: true });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(join(work, 'fetch.py'), script);
  await copyFile(relay, join(work, '.relay.py'));
  const proxy = await openAllowListProxy(join(work, '.proxy'), source.hosts);
  try {
    const spec = await fetchSpec(host, source, { control, work });
    const exit = await watchToEnd(host, control, spec);
    if (exit.reason !== 'exited' || exit.code !== 0) {
      await reopenExecution(host.supervisorPython, control, exit.attempt);
      throw await failureOf(source, spec, { exit, refused: proxy.refused });
    }
  } finally {
    await proxy.close();
  }
  for (const file of ['fetch.py', '.relay.py', '.proxy']) await rm(join(work, file), { force: true });
  await rename(work, target);
}

async function fetchSpec(
  host: Host,
  source: FetchedData,
  { control, work }: { control: string; work: string },
): Promise<ExecutionSpec> {
  const sandbox = sandboxSpec(host, { dataSets: [], readOnlyPaths: [], preflight: [] });
  const folder = sandbox === null ? work : sandboxWorkFolder;
  return {
    identity: `fetch ${source.script.sha256} ${source.hosts.join(' ')}`,
    command: [host.python, '-I', '.relay.py', '.proxy', host.python, '-I', 'fetch.py'],
    workFolder: work,
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8', PYTHONUNBUFFERED: '1' },
    outputFile: join(control, 'output.log'),
    metricsFile: join(work, 'metrics.jsonl'),
    deadlineSeconds: fetchSeconds,
    graceSeconds: 5,
    unattendedSeconds: fetchSeconds,
    slots: [],
    slotCount: 0,
    visibleDevices: null,
    limits: { ...(await executionLimits(host)), workFiles: 5_000_000 },
    stall: { quietSeconds: fetchSeconds, stepFactor: 20, firstStepSeconds: fetchSeconds },
    sandbox,
  };
}

const pollMilliseconds = 500;

async function watchToEnd(host: Host, control: string, spec: ExecutionSpec): Promise<ExitRecord> {
  const { cancellationSignal, cancellationDetails } = Context.current();
  for (;;) {
    const decision = await ensureExecution(host.supervisorPython, control, spec);
    if (decision.decision === 'finished') return decision.exit;
    if (decision.decision === 'diskFull') {
      throw ApplicationFailure.create({ type: failureType.diskFull, message: decision.message });
    }
    if (decision.decision === 'refused') {
      throw ApplicationFailure.nonRetryable(decision.reason, failureType.executionRefused);
    }
    if (cancellationSignal.aborted) {
      if (cancellationDetails?.cancelRequested === true) await requestOf(control, 'stop');
      throw cancellationSignal.reason;
    }
    await delay(pollMilliseconds);
  }
}

const excerptBytes = 3000;

/** A network may be better in a minute; a script that has failed three times is for its author to mend. */
async function failureOf(
  { name, hosts }: FetchedData,
  { outputFile }: ExecutionSpec,
  { exit, refused }: { exit: ExitRecord; refused: ReadonlySet<string> },
): Promise<ApplicationFailure> {
  const size = await sizeOfUntrusted(outputFile);
  const end = (await readUntrusted(outputFile, Math.max(0, size - excerptBytes), excerptBytes)).toString().trim();
  const asked = [...refused].slice(0, 10).join(', ');
  const hint = asked === '' ? '' : ` It asked for ${asked}; its hosts are ${hosts.join(', ') || 'none'}.`;
  const how = exit.reason === 'exited' ? `exit status ${exit.code}` : exit.reason;
  return ApplicationFailure.create({
    type: failureType.dataUnavailable,
    message: `The script of the data set ${name} failed (${how}).${hint}\n${end}`,
    nonRetryable: Context.current().info.attempt >= mostAttempts,
  });
}
