import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type {
  EquipmentActivities,
  ExperimentActivities,
  GpuActivities,
  HostActivities,
  LanguageModelActivities,
} from '../activities/index.ts';
import { costlyFailureTypes, waitingFailureTypes } from './domain/hold.ts';
import { hostQueue, taskQueue } from './domain/task-queue.ts';

/*
 * One proxy per kind of waiting. Infrastructure faults are retried for as long as `scheduleToCloseTimeout` says, with
 * no small number of attempts: a lost host uses attempts up without anybody having tried.
 */

/** The time while server and workers are down counts: an experiment stopped on Friday must survive its weekend. */
const longestOutage = '30 days';

/** Small reads and writes of the artifact folder. A full disk is waited for. */
export const artifacts = proxyActivities<ExperimentActivities>({
  taskQueue: taskQueue.experiments,
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: longestOutage,
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** A fork copies the past of another experiment, logs and all. */
export const opening = proxyActivities<ExperimentActivities>({
  taskQueue: taskQueue.experiments,
  startToCloseTimeout: '12 hours',
  scheduleToCloseTimeout: longestOutage,
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** One POST to the webhook. It is tried for a day; whoever reads it in the morning still wants to know. */
export const notifier = proxyActivities<ExperimentActivities>({
  taskQueue: taskQueue.experiments,
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '2 seconds', maximumInterval: '10 minutes' },
});

/** The longest total time of a provider (50 minutes) fits in. The worker beats while it waits, so a killed one is noticed. */
const oneRequest = {
  taskQueue: taskQueue.languageModel,
  startToCloseTimeout: '1 hour',
  scheduleToCloseTimeout: longestOutage,
  heartbeatTimeout: '15 seconds',
  // A reply that has begun to arrive is paid for: it is received to its end, whatever is cancelled.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} as const;

/** One request to a language model. An outage is retried; what a person has to mend is not. */
export const languageModel = proxyActivities<LanguageModelActivities>({
  ...oneRequest,
  retry: {
    initialInterval: '2 seconds',
    maximumInterval: '2 minutes',
    nonRetryableErrorTypes: [...waitingFailureTypes],
  },
});

/** The same while a person is waited for: tried ever more seldom, for as long as that takes. */
export const languageModelProbe: typeof languageModel = proxyActivities<LanguageModelActivities>({
  ...oneRequest,
  scheduleToCloseTimeout: '10 years',
  retry: {
    initialInterval: '1 minute',
    backoffCoefficient: 2,
    maximumInterval: '15 minutes',
    nonRetryableErrorTypes: [...costlyFailureTypes],
  },
});

/** Short work on any training host, never queued behind a training. Waiting for a host to appear is legitimate. */
export const hosts = proxyActivities<HostActivities>({
  taskQueue: taskQueue.hosts,
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** Installing packages and fetching data: a network at its own pace, on the queue `hosts` or of one host. */
export const equipment = proxyActivities<EquipmentActivities>({
  taskQueue: taskQueue.hosts,
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes' },
});

/** Reading the log of a training, on the host that holds it if it can be had; its queue is given with each call. */
export const logs = proxyActivities<GpuActivities>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/**
 * Watching an execution. One attempt: the retry is the workflow's own loop (`executeOnGpu`), which knows the host. The
 * queue and the time-outs, which follow from the execution, are given with each call.
 */
export const gpu = proxyActivities<GpuActivities>({
  startToCloseTimeout: '1 day',
  // The workflow ends only when the training has: a cancelled experiment leaves nothing running.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { maximumAttempts: 1 },
});

/** Closing what was cancelled: nobody waits long for that. */
export const stopper = proxyActivities<GpuActivities>({
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 5 },
});

/** Stopping walks a ladder (checkpoint, stack, kill) and the log is published after that. */
const closingSeconds = 300;
const longestHeartbeatSeconds = 30;

/** A silent host is noticed well within the time after which it is given up. */
export function watchTimeouts(deadlineSeconds: number, hostLossMinutes: number | null) {
  const heartbeatSeconds =
    hostLossMinutes === null ? longestHeartbeatSeconds : Math.min(longestHeartbeatSeconds, (hostLossMinutes * 60) / 4);
  return {
    heartbeatTimeout: heartbeatSeconds * 1000,
    startToCloseTimeout: (deadlineSeconds + closingSeconds) * 1000,
  };
}

/** The queue of one host, and how long it may leave a task there: for ever where no other host stands in for it. */
export function onHost(host: string, hostLossMinutes: number | null) {
  const taskQueue = hostQueue(host);
  return hostLossMinutes === null
    ? { taskQueue }
    : { taskQueue, scheduleToStartTimeout: Math.round(hostLossMinutes * 60_000) };
}
