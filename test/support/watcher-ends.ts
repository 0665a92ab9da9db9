import type { WorkflowHandle } from '@temporalio/client';

/** How each watcher of a training ended, in their order, as the history of its trial has it. */
export async function watcherEnds(handle: Pick<WorkflowHandle, 'fetchHistory'>): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const ends = new Map<string, string>();
  const end = (scheduledEventId: unknown, how: string): void => {
    if (ends.has(String(scheduledEventId))) ends.set(String(scheduledEventId), how);
  };
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const completed = event.activityTaskCompletedEventAttributes;
    const timedOut = event.activityTaskTimedOutEventAttributes;
    const failed = event.activityTaskFailedEventAttributes;
    const cancelled = event.activityTaskCanceledEventAttributes;
    if (scheduled?.activityType?.name === 'runTraining') ends.set(String(event.eventId), 'open');
    if (completed) end(completed.scheduledEventId, 'completed');
    if (timedOut) end(timedOut.scheduledEventId, 'timed out');
    if (cancelled) end(cancelled.scheduledEventId, 'cancelled');
    if (failed) end(failed.scheduledEventId, failed.failure?.applicationFailureInfo?.type ?? 'failed');
  }
  return [...ends.values()];
}
