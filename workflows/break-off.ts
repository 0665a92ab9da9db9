import { CancellationScope, isCancellation, log, sleep } from '@temporalio/workflow';
import { artifacts } from './activity-proxies.ts';
import { makeNotice } from './domain/make-notice.ts';
import { oneLine } from './domain/person-message.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import type { FrontDesk } from './front-desk.ts';
import { rootFailure } from './root-failure.ts';

/**
 * An experiment ends without its last report, since somebody has cancelled it or nothing can mend it. What was said and
 * done up to then is in its folder. Whoever has cancelled it need not be told.
 */
export async function breakOff(desk: FrontDesk, experiment: ExperimentIdentity, error: unknown): Promise<void> {
  if (isCancellation(error)) {
    desk.enter({ kind: 'cancelled' });
    return await closeFolder(desk, experiment, 'was cancelled');
  }
  const failure = rootFailure(error);
  const reason = failure instanceof Error ? failure.message : String(failure);
  desk.enter({ kind: 'failed', reason });
  await closeFolder(desk, experiment, `has failed: ${oneLine(reason).replace(/\.$/, '')}`);
  await tellOfFailure(desk, experiment, reason);
}

/** A disk that is full holds the end up for so long. */
const mostMilliseconds = 60_000;

async function closeFolder(desk: FrontDesk, experiment: ExperimentIdentity, how: string): Promise<void> {
  if (!desk.isOpened()) return;
  const timeOut = { summary: 'for the last words at most' };
  try {
    await CancellationScope.nonCancellable(() =>
      Promise.race([writeLastWords(desk, experiment, how), sleep(mostMilliseconds, timeOut)]),
    );
  } catch (error) {
    // The experiment ends for another reason, and that is what its people have to read.
    log.warn('what was said and done last is not in the folder', { error: String(error) });
  }
}

async function writeLastWords(desk: FrontDesk, experiment: ExperimentIdentity, how: string): Promise<void> {
  await desk.settleMessages();
  const known = desk.state() ?? desk.past();
  if (known === null) return;
  const { title, metric, tasks, plan, journal } = known;
  const soFar = { title, metric, tasks, planVersion: plan.version, trials: journal.map(({ trial }) => trial) };
  await artifacts.recordBreakOff.executeWithOptions({ summary: 'bring the log to its end' }, [
    { experiment, ...soFar, messages: desk.mailbox.recorded, how },
  ]);
}

/** Before the plan nobody knows whether there is a webhook: then it is tried. */
async function tellOfFailure(desk: FrontDesk, experiment: ExperimentIdentity, reason: string): Promise<void> {
  const state = desk.state();
  if (state?.surroundings?.hasWebhook === false) return;
  const context = { experiment, state, at: new Date().toISOString() };
  desk.notices.post(makeNotice(context, { event: 'failed', text: reason }));
  await desk.notices.settle();
}
