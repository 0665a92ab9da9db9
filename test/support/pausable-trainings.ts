import { setTimeout as delay } from 'node:timers/promises';
import { Context, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { gate } from './run-experiment.ts';
import { measuredExecution, type ScriptedActivities } from './scripted-activities.ts';
import { testHost } from './workflow-environment.ts';

/** What became of one watcher of a training. */
export type WatcherEnd = 'measured' | 'paused' | 'stopped';

/**
 * Trainings that go on until they are let go, paused or stopped, as real watchers do: a cancelled one looks for the
 * marker, and one that begins while it is there starts nothing.
 */
export function pausableTrainings(metric = 1) {
  const marked = new Set<string>();
  const ends: WatcherEnd[] = [];
  const finish = gate();
  const running = new Set<string>();
  const activities: Pick<ScriptedActivities, 'markExecutionPaused' | 'runTraining'> = {
    async markExecutionPaused({ name, isPaused }) {
      if (isPaused) marked.add(name);
      else marked.delete(name);
    },
    async runTraining({ name }) {
      if (marked.has(name)) throw paused(ends);
      running.add(name);
      const { cancellationSignal } = Context.current();
      const beat = setInterval(() => heartbeat({ host: testHost }), 100);
      try {
        const cancelled = new Promise<'cancelled'>((resolve) =>
          cancellationSignal.addEventListener('abort', () => resolve('cancelled')),
        );
        if ((await Promise.race([finish.opened, cancelled])) !== 'cancelled') {
          ends.push('measured');
          return measuredExecution(metric, name);
        }
        await delay(200); // as long as a checkpoint might take
        if (marked.has(name)) throw paused(ends);
        ends.push('stopped');
        throw cancellationSignal.reason;
      } finally {
        clearInterval(beat);
        running.delete(name);
      }
    },
  };
  return { activities, ends, marked, running, finish: finish.open };
}

function paused(ends: WatcherEnd[]): ApplicationFailure {
  ends.push('paused');
  return ApplicationFailure.create({
    type: failureType.executionPaused,
    message: 'Paused by a person.',
    details: [{ host: testHost }],
  });
}
