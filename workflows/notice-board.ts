import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { notifier } from './activity-proxies.ts';
import { shorten } from './domain/journal.ts';
import type { Notice } from './domain/notice.ts';
import { rootFailure } from './root-failure.ts';

/** What people are told by the webhook. Nothing waits for it, and nothing fails with it. */
export interface NoticeBoard {
  /** Those that are not delivered, for the next workflow run to try again: a receiver knows them by their ids. */
  readonly pending: readonly Notice[];
  /** What could not be delivered at all, a sentence each. */
  readonly problems: readonly string[];
  post(notice: Notice): void;
  /** Before the workflow ends, which ends its activities: a webhook that is away holds it up only so long. */
  settle(): Promise<void>;
}

const longestFarewell = '10 minutes';

/** What one workflow run hands to the next. */
export type CarriedNotices = Pick<NoticeBoard, 'pending' | 'problems'>;

/** The newest of them: they are carried from run to run. */
const mostProblems = 3;

export function openNoticeBoard(carried: CarriedNotices = { pending: [], problems: [] }): NoticeBoard {
  let pending: Notice[] = [];
  let problems = carried.problems;
  const deliver = async (notice: Notice): Promise<void> => {
    try {
      const summary = `tell people: ${notice.event}`;
      await CancellationScope.nonCancellable(() => notifier.notify.executeWithOptions({ summary }, [notice]));
    } catch (error) {
      const failure = rootFailure(error);
      const reason = failure instanceof Error ? failure.message : String(failure);
      const problem = `The webhook was not told "${notice.event}" of ${notice.at}: ${reason}`;
      problems = [...problems, shorten(problem, 300)].slice(-mostProblems);
    }
    pending = pending.filter(({ id }) => id !== notice.id);
  };
  const post = (notice: Notice): void => {
    pending = [...pending, notice];
    void deliver(notice);
  };
  carried.pending.forEach(post);
  return {
    get pending() {
      return pending;
    },
    get problems() {
      return problems;
    },
    post,
    async settle() {
      try {
        if (pending.length > 0) await condition(() => pending.length === 0, longestFarewell);
      } catch (error) {
        // Whoever cancels now does not want to wait; the experiment itself is over, with its own result.
        if (!isCancellation(error)) throw error;
      }
    },
  };
}
