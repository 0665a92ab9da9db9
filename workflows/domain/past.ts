import type { Metric } from '../schema/metric.ts';
import type { Task } from '../schema/task.ts';
import type { ExperimentState, Plan } from './experiment-state.ts';
import type { JournalEntry } from './journal.ts';
import type { InheritedMessages } from './mailbox.ts';

/**
 * What an experiment begins with that was forked from another one: that one's state as it was after a trial. Its journal
 * may take 125 KB, like the one that a workflow run hands to the next.
 */
export interface Past extends InheritedMessages {
  title: string;
  metric: Metric;
  plan: Plan;
  tasks: Task[];
  journal: JournalEntry[];
  lastAnalysis: ExperimentState['lastAnalysis'];
  /** The last trial asked for another plan, and none was given with the fork. */
  isRevisionDue: boolean;
}
