import { CancellationScope, log, sleep } from '@temporalio/workflow';
import type { FrontDesk } from './front-desk.ts';

/** A disk that is full holds the end up for so long. */
const mostMilliseconds = 60_000;

/** What was said just before a cancel or a failure is in the folder, too. */
export async function settleLastMessages(desk: FrontDesk): Promise<void> {
  if (desk.mailbox.inbox.length === 0) return;
  try {
    await CancellationScope.nonCancellable(() =>
      Promise.race([desk.settleMessages(), sleep(mostMilliseconds, { summary: 'for the last messages at most' })]),
    );
  } catch (error) {
    // The experiment ends for another reason, and that is what its people have to read.
    log.warn('what was said last is not in the folder', { error: String(error) });
  }
}
