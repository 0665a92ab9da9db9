import type { ExperimentState } from './experiment-state.ts';
import { bestTrial } from './journal.ts';
import type { Notice } from './notice.ts';
import type { ExperimentIdentity } from './trial.ts';

/** Whom it is about, and how things stand. */
export interface NoticeContext {
  experiment: ExperimentIdentity;
  /** Null before the first plan. */
  state: ExperimentState | null;
  /** ISO 8601. */
  at: string;
}

export type NoticeContent = Pick<Notice, 'event' | 'text'> &
  Partial<Pick<Notice, 'decision' | 'verdict'>> & {
    /** Tells two notices of one event apart. */
    occasion?: string;
  };

/** The id is the same however often the notice is made: a receiver knows by it what it has seen before. */
export function makeNotice({ experiment, state, at }: NoticeContext, content: NoticeContent): Notice {
  const { event, occasion, text, decision = null, verdict = null } = content;
  const best = state === null ? null : bestTrial(state.journal, state.metric);
  return {
    id: [experiment.runId, event, ...(occasion === undefined ? [] : [occasion])].join('-'),
    event,
    experiment: experiment.id,
    title: state?.title ?? null,
    at,
    text,
    decision,
    verdict,
    best: best === null ? null : { trial: best.trial, mean: best.mean },
    metric: state?.metric.name ?? null,
  };
}
