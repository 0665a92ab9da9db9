import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ExitRecord } from '../workflows/schema/execution-record.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { openAllowListProxy } from './adapters/allow-list-proxy.ts';
import type { Host } from './adapters/host.ts';
import { makeReadable } from './adapters/make-readable.ts';
import { putFile } from './adapters/put-file.ts';
import { ensureExecution, reopenExecution, request, type ExecutionSpec } from './adapters/supervised-process.ts';
import { readUntrusted, sizeOfUntrusted } from './adapters/untrusted-file.ts';
import { currentOwner } from './current-owner.ts';
import { dataFolder, fetchPlace, type FetchedData, type FetchPlace } from './data-place.ts';
import { executionLimits } from './execution-limits.ts';
import { sandboxWorkFolder } from './execution-place.ts';
import { sandboxSpec } from './sandbox-spec.ts';

const relay = fileURLToPath(new URL('./python/network_relay.py', import.meta.url));
const fetchSeconds = 10 * 3600;
const mostAttempts = 3;

/**
 * Runs a person's script that leaves a data set in its folder, unless it has done so on this host. It is a supervised
 * execution like a training, in the same sandbox: a worker that dies costs the connections in flight and nothing that
 * was fetched. What it can reach there is the proxy behind a socket, which knows the allow-list; without a sandbox
 * (`LONGRUN_SANDBOX=off`) it can go around the proxy. Every user may read what was fetched: where the worker is root,
 * each training has a user of its own.
 */
export async function fetchData(host: Host, source: FetchedData, script: string): Promise<void> {
  const target = dataFolder(host, source);
  if (existsSync(target)) return;
  const place = fetchPlace(host, source);
  await layOut(place, script);
  await mkdir(dirname(target), { recursive: true });
  const proxy = await openAllowListProxy(join(place.given, 'proxy'), source.hosts);
  try {
    const spec = await fetchSpec(host, source, place);
    const exit = await watchToEnd(host, place.control, spec);
    if (exit.reason !== 'exited' || exit.code !== 0) {
      await reopenExecution(host.supervisorPython, place.control, exit.attempt);
      throw await failureOf(source, spec, { exit, refused: proxy.refused });
    }
  } finally {
    await proxy.close();
  }
  await rm(join(place.work, 'fetch.py'), { recursive: true, force: true });
  await makeReadable(place.work);
  await rename(place.work, target);
}

/** Its script may be running, of another worker or for another experiment: nothing of what it has is removed. */
async function layOut({ control, work, given }: FetchPlace, script: string): Promise<void> {
  // Somebody has taken away what was fetched: the record of it would be taken for the thing.
  if (!existsSync(work)) await rm(control, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await mkdir(given, { recursive: true });
  await chmod(given, 0o755);
  await putFile(join(given, 'relay.py'), await readFile(relay));
  await putFile(join(work, 'fetch.py'), script);
  await claim(control);
}

/** The last experiment that asks for a fetch is its owner. */
async function claim(control: string): Promise<void> {
  await putFile(join(control, 'owner.json'), JSON.stringify(currentOwner()));
}

/** The name of what it is given, among the data sets of its sandbox. */
const givenName = 'fetch';

async function fetchSpec(
  host: Host,
  source: FetchedData,
  { control, work, given }: FetchPlace,
): Promise<ExecutionSpec> {
  const dataSets = [{ name: givenName, path: given }];
  const sandbox = await sandboxSpec(host, { dataSets, readOnlyPaths: [], preflight: [] });
  const folder = sandbox === null ? work : sandboxWorkFolder;
  const way = sandbox === null ? given : `/data/${givenName}`;
  return {
    identity: `fetch ${source.script.sha256} ${source.hosts.join(' ')}`,
    command: [host.python, '-I', `${way}/relay.py`, `${way}/proxy`, host.python, '-I', 'fetch.py'],
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
  const context = Context.current();
  for (;;) {
    const decision = await ensureExecution(host.supervisorPython, control, spec);
    if (decision.decision === 'finished' && decision.exit.reason !== 'stopped') return decision.exit;
    if (decision.decision === 'diskFull') {
      throw ApplicationFailure.create({ type: failureType.diskFull, message: decision.message });
    }
    if (decision.decision === 'refused') {
      throw ApplicationFailure.nonRetryable(decision.reason, failureType.executionRefused);
    }
    if (context.cancellationSignal.aborted) {
      // Not `stop`: another experiment may want the same data, and goes on from what is there.
      if (context.cancellationDetails?.cancelRequested === true) await request(control, 'interrupt');
      throw context.cancellationSignal.reason;
    }
    if (decision.decision === 'finished') await takeOver(host, control, decision.exit);
    await delay(pollMilliseconds);
  }
}

/**
 * The sweep has stopped it for an experiment that has ended, and this one wants the data still. Only that very end is
 * taken back, since somebody else may have done so already.
 */
async function takeOver(host: Host, control: string, { attempt }: ExitRecord): Promise<void> {
  await claim(control);
  await rm(join(control, 'stop'), { force: true });
  await reopenExecution(host.supervisorPython, control, attempt);
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
