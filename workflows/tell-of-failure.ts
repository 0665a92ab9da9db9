import { isCancellation } from '@temporalio/workflow';
import { makeNotice } from './domain/make-notice.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import type { FrontDesk } from './front-desk.ts';
import { rootFailure } from './root-failure.ts';

/**
 * Before the plan nobody knows whether there is a webhook: then it is tried. Whoever has cancelled an experiment need not
 * be told.
 */
export async function tellOfFailure(desk: FrontDesk, experiment: ExperimentIdentity, error: unknown): Promise<void> {
  if (isCancellation(error)) return;
  const { notices } = desk;
  const state = desk.state();
  const failure = rootFailure(error);
  const text = failure instanceof Error ? failure.message : String(failure);
  desk.enter({ kind: 'failed', reason: text });
  if (state?.surroundings?.hasWebhook === false) return;
  const context = { experiment, state, at: new Date().toISOString() };
  notices.post(makeNotice(context, { event: 'failed', text }));
  await notices.settle();
}
