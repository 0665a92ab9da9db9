import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { ExecutionRequest } from '../activities/execution-request.ts';
import { artifacts, equipment, gpu, onHost, watchTimeouts } from './activity-proxies.ts';
import type { Execution } from './domain/execution.ts';
import { afterLoss, afterLossWhilePaused, firstAttempt, type Attempt, type NextAttempt } from './domain/host-loss.ts';
import { trialSummary } from './domain/trial-summary.ts';
import { taskQueue } from './domain/task-queue.ts';
import { hostIn, lossIn } from './loss-in.ts';
import { pauseMarker, runUntilPaused, type PauseMarker } from './run-until-paused.ts';
import { stopForGood } from './stop-for-good.ts';

export type ExecutionActivity = 'rehearseTraining' | 'runTraining';

/** What is executed, without where. */
export type ExecutionOrder = Omit<ExecutionRequest, 'placement'>;

export interface Execute {
  activity: ExecutionActivity;
  summary: string;
  /** A person has paused the experiment at once. */
  isHalted: () => boolean;
  /** Is told of an execution that was ended before its time: what it has used is used. */
  stopped: (execution: Execution) => void;
}

/**
 * One execution, whatever happens to the workers that watch it: a lost watcher is replaced on the same host, where it
 * finds the process still running or its result. Only when that host stays silent for as long as was agreed does the
 * work start elsewhere, from the last checkpoint. What comes back is the result of one placement, and only its files
 * are accepted. Paused, it stops at a checkpoint and goes on from there on the same host; cancelled, it is stopped for
 * good, and what it has written is accepted.
 */
export async function executeOnGpu(order: ExecutionOrder, execute: Execute): Promise<Execution> {
  const { experiment, trial, name } = order;
  const marker = pauseMarker({ experiment, trial, name });
  const place: Place = { next: { attempt: firstAttempt, delaySeconds: 0, mayRun: false } };
  try {
    const execution = await executeOnSome({ order, execute, marker }, place);
    await accept(order, place.next.attempt, execution);
    await marker.set(false);
    return execution;
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      const execution = await stopForGood(order, place.next.attempt);
      if (execution === null) return;
      await accept(order, place.next.attempt, execution);
      await marker.set(false);
      execute.stopped(execution);
    });
    throw error;
  }
}

/** Where the execution is, or will be tried next. */
interface Place {
  next: NextAttempt;
}

interface Pausable {
  order: ExecutionOrder;
  execute: Execute;
  marker: PauseMarker;
}

async function executeOnSome(pausable: Pausable, place: Place): Promise<Execution> {
  const { execute, marker } = pausable;
  for (;;) {
    // What may be running unwatched is looked for even then: nobody else would stop it.
    if (!place.next.mayRun) await condition(() => !execute.isHalted());
    await marker.set(execute.isHalted());
    const execution = await watchOnce(pausable, place);
    if (execution !== null) return execution;
    await waitAfterFault(pausable, place.next.delaySeconds);
  }
}

/** Whoever resumes has often mended what was wrong, and waits for no timer. */
async function waitAfterFault({ order, execute }: Pausable, delaySeconds: number): Promise<void> {
  if (delaySeconds === 0) return;
  let wasHalted = execute.isHalted();
  const isResumed = (): boolean => {
    wasHalted ||= execute.isHalted();
    return wasHalted && !execute.isHalted();
  };
  const summary = trialSummary(order.trial, 'wait after a fault', order.name);
  await condition(isResumed, delaySeconds * 1000, { summary });
}

/** Null where it has to be watched again, at the place that is named by then. */
async function watchOnce({ order, execute, marker }: Pausable, place: Place): Promise<Execution | null> {
  const { attempt } = place.next;
  const watch = () => watcher({ order, execute }, attempt);
  const { end, isPaused, cancellation } = await runUntilPaused(watch, execute.isHalted, marker);
  if (cancellation !== null) {
    const host = (end.kind === 'value' ? end.value.host : hostIn(end.error)) ?? attempt.host;
    place.next = { ...place.next, attempt: { ...attempt, host } };
    throw cancellation;
  }
  if (end.kind === 'value') return end.value;
  // Cancelled by the pause before a worker had it: whatever was running before is running still.
  if (isPaused && isCancellation(end.error)) {
    place.next = { ...place.next, delaySeconds: 0 };
    return null;
  }
  const after = execute.isHalted() ? afterLossWhilePaused : afterLoss;
  const next = after(lossIn(end.error), attempt, order.resources.hostLossMinutes !== null);
  if (next === null) throw end.error;
  place.next = next;
  return null;
}

async function watcher({ order, execute }: Omit<Pausable, 'marker'>, attempt: Attempt): Promise<Execution> {
  const { host, placement } = attempt;
  const { hostLossMinutes } = order.resources;
  if (host !== null && !attempt.isEquipped) await equip(order, host);
  return await gpu[execute.activity].executeWithOptions(
    {
      summary: execute.summary,
      ...watchTimeouts(order.deadlineSeconds, hostLossMinutes),
      ...(host === null ? { taskQueue: taskQueue.gpu } : onHost(host, hostLossMinutes)),
    },
    [{ ...order, placement }],
  );
}

async function equip({ experiment, trial, lock, resources }: ExecutionOrder, host: string): Promise<void> {
  const summary = trialSummary(trial, `equip ${host}`);
  await equipment.equipHost.executeWithOptions({ summary, ...onHost(host, resources.hostLossMinutes) }, [
    { experiment, lock, data: resources.data },
  ]);
}

async function accept(
  { experiment, trial, name }: ExecutionOrder,
  { placement }: Attempt,
  { host }: Execution,
): Promise<void> {
  await artifacts.acceptExecution.executeWithOptions({ summary: trialSummary(trial, 'accept the result', name) }, [
    { experiment, trial, name, placement: placement.number, host },
  ]);
}
