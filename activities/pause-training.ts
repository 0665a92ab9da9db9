import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure, Context, log } from '@temporalio/activity';
import type { ExitRecord } from '../workflows/schema/execution-record.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { ensureExecution, request, type ExecutionSpec } from './adapters/supervised-process.ts';
import { pauseMarker } from './execution-place.ts';
import type { Watched } from './watched.ts';
import { watcherLeaves } from './watcher-leaves.ts';

/*
 * Not covered: a network file system that remembers for a while which names it does not have, as NFS does (up to a
 * minute) unless it is mounted with `lookupcache=positive`. There a pause within a minute of the watcher's start may
 * be taken for a stop.
 */

const pollMilliseconds = 500;

/**
 * Null unless the marker of a pause is there. If it is, the training is interrupted and `Execution.Paused` thrown; but
 * a training that has ended by itself has its exit record returned.
 *
 * With the storage away nobody can tell a pause from a stop. A watcher that is cancelled has the training interrupted
 * then, which frees the GPU and is right for both, and waits for the answer; any other one throws.
 */
export async function pauseIfMarked(watched: Watched, spec: ExecutionSpec): Promise<ExitRecord | null> {
  if (!(await isMarked(watched))) return null;
  const exit = await interruptAndWait(watched, spec);
  if (exit !== null) return exit;
  await publishCheckpoints(watched);
  const { name } = watched.dependencies.host;
  throw ApplicationFailure.create({
    type: failureType.executionPaused,
    message: `A person has paused the training, which has left ${name}.`,
    details: [{ host: name }],
  });
}

/**
 * Until nothing of the execution runs: the next one who asks goes on from the checkpoint that it has saved by then. Its
 * exit record if it has ended instead.
 */
export async function interruptAndWait(watched: Watched, spec: ExecutionSpec): Promise<ExitRecord | null> {
  const { control } = watched.place;
  const { name, supervisorPython } = watched.dependencies.host;
  for (;;) {
    // Each time: a start that was under way when it was first asked for takes the request away unheeded.
    await request(control, 'interrupt');
    const answer = await ensureExecution(supervisorPython, control, withoutSlots(spec));
    if (answer.decision === 'finished') return answer.exit;
    if (answer.decision === 'refused')
      throw ApplicationFailure.nonRetryable(answer.reason, failureType.executionRefused);
    if (answer.decision !== 'alive') return null;
    watched.heartbeats.beat({ host: name, pausing: true });
    await delay(pollMilliseconds);
  }
}

/** Whoever asks with it ends what has to end, also a trainer whose supervisor was killed, and starts nothing. */
function withoutSlots(spec: ExecutionSpec): ExecutionSpec {
  return { ...spec, slots: [], slotCount: 1 };
}

async function isMarked(watched: Watched): Promise<boolean> {
  const { dependencies, request: execution, place, heartbeats } = watched;
  const folder = dependencies.artifacts.folder(execution.experiment.id);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await folder.readIfPresent(pauseMarker(execution))) !== null;
    } catch (error) {
      const { cancellationDetails: details } = Context.current();
      if (!isStorageAway(error) || details?.cancelRequested !== true || heartbeats.isUnknown) throw error;
      if (details.workerShutdown) throw watcherLeaves(watched, 'The worker shuts down; the training is interrupted.');
      if (attempt === 1) log.warn('nobody can tell whether this is a pause or a stop', { problem: error.message });
    }
    await request(place.control, 'interrupt');
    heartbeats.beat({ host: dependencies.host.name, waitsForArtifacts: true });
    await delay(pollMilliseconds);
  }
}

function isStorageAway(error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.type === failureType.artifactStoreUnavailable;
}

/** What another host would go on from, should this one be away when the pause ends. */
async function publishCheckpoints({ request: { resources }, checkpoints }: Watched): Promise<void> {
  if (resources.hostLossMinutes === null) return;
  try {
    await checkpoints.settle();
  } catch (error) {
    log.warn('the last checkpoint before the pause is on this host only', { error: String(error) });
  }
}
