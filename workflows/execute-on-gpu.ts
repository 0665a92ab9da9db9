import { condition, isCancellation, sleep } from '@temporalio/workflow';
import type { ExecutionRequest } from '../activities/execution-request.ts';
import { artifacts, equipment, gpu, onHost, watchTimeouts } from './activity-proxies.ts';
import type { Execution } from './domain/execution.ts';
import { afterLoss, firstAttempt, type Attempt, type NextAttempt } from './domain/host-loss.ts';
import { trialSummary } from './domain/trial-summary.ts';
import { taskQueue } from './domain/task-queue.ts';
import { lossIn } from './loss-in.ts';
import { pauseMarker, runUntilPaused, type PauseMarker } from './run-until-paused.ts';

export type ExecutionActivity = 'rehearseTraining' | 'runTraining';

/** What is executed, without where. */
export type ExecutionOrder = Omit<ExecutionRequest, 'placement'>;

export interface Execute {
  activity: ExecutionActivity;
  summary: string;
  /** A person has paused the experiment at once. */
  isHalted: () => boolean;
}

/**
 * One execution, whatever happens to the workers that watch it: a lost watcher is replaced on the same host, where it
 * finds the process still running or its result. Only when that host stays silent for as long as was agreed does the
 * work start elsewhere, from the last checkpoint. What comes back is the result of one placement, and only its files
 * are accepted. Paused, it stops at a checkpoint and goes on from there on the same host.
 */
export async function executeOnGpu(order: ExecutionOrder, execute: Execute): Promise<Execution> {
  const { experiment, trial, name } = order;
  const marker = pauseMarker({ experiment, trial, name });
  let next: NextAttempt = { attempt: firstAttempt, delaySeconds: 0, mayRun: false };
  for (;;) {
    // What may be running unwatched is looked for even then: nobody else would stop it.
    if (!next.mayRun) await condition(() => !execute.isHalted());
    await marker.set(execute.isHalted());
    const ended = await watchOnce({ order, execute, marker }, next);
    if (ended.kind === 'execution') {
      const { execution } = ended;
      const { number } = next.attempt.placement;
      await artifacts.acceptExecution.executeWithOptions({ summary: trialSummary(trial, 'accept the result', name) }, [
        { experiment, trial, name, placement: number, host: execution.host },
      ]);
      return execution;
    }
    next = ended;
    const summary = trialSummary(trial, 'wait after a fault', name);
    if (next.delaySeconds > 0) await sleep(next.delaySeconds * 1000, { summary });
  }
}

type Ended = { kind: 'execution'; execution: Execution } | ({ kind: 'again' } & NextAttempt);

interface Pausable {
  order: ExecutionOrder;
  execute: Execute;
  marker: PauseMarker;
}

async function watchOnce({ order, execute, marker }: Pausable, now: NextAttempt): Promise<Ended> {
  const { attempt } = now;
  const watch = () => watcher({ order, execute }, attempt);
  const end = await runUntilPaused(watch, execute.isHalted, marker);
  if (end.kind === 'value') return { kind: 'execution', execution: end.value };
  // Cancelled by the pause before a worker had it: whatever was running before is running still.
  if (end.isPaused && isCancellation(end.error)) return { kind: 'again', ...now, delaySeconds: 0 };
  const next = afterLoss(lossIn(end.error), attempt, order.resources.hostLossMinutes !== null);
  if (next === null) throw end.error;
  return { kind: 'again', ...next };
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
