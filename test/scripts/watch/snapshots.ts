import { nothingSpent } from '../../../workflows/domain/budget.ts';
import type { Hold } from '../../../workflows/domain/hold.ts';
import { emptyMailbox } from '../../../workflows/domain/mailbox.ts';
import type { MessageHead } from '../../../workflows/domain/person-message.ts';
import { progressOf, type Progress } from '../../../workflows/domain/progress.ts';
import type { ExperimentSnapshot, PendingActivity } from '../../../scripts/watch/experiment-snapshot.ts';
import type { ExperimentResult } from '../../../workflows/experiment.ts';
import { aMeasuredEntry, aMetric, aReference, aState } from '../../support/builders.ts';

export const noCredit: Hold = {
  type: 'LanguageModel.NoCredit',
  problem: 'anthropic/some-model: the credit balance is too low.',
  mend: 'Add credit at the provider, or choose other models with the update `changeModel`.',
  since: '2026-01-02T03:04:05.000Z',
};

/** The plan waits for a person. */
export const planDecision: Hold = {
  type: 'Decision',
  problem: 'Version 1 of the plan waits to be approved.',
  mend: 'Answer with the update `decide`.',
  since: noCredit.since,
  decision: { id: 'plan-1', choices: ['approve', 'revise', 'stop'] },
};

/** The question that is tried again by itself while a person is waited for. */
export const retriedQuestion: PendingActivity = {
  type: 'writeTrainingScript',
  attempt: 7,
  heartbeat: null,
  lastFailure: noCredit.problem,
};

export function aMessageHead(overrides: Partial<MessageHead> = {}): MessageHead {
  return { number: 1, kind: 'feedback', by: 'ada', at: noCredit.since, id: null, problem: null, ...overrides };
}

/** A running experiment in its first trial. */
export function aSnapshot(
  progress: Partial<Progress> = {},
  overrides: Partial<ExperimentSnapshot> = {},
): ExperimentSnapshot {
  const situation = {
    stage: { kind: 'trial', number: 1, step: 'draft' } as const,
    hold: null,
    trial: { hold: null, spending: nothingSpent },
  };
  const now = progressOf(aState(), { ...situation, mailbox: emptyMailbox, problems: [], nowMilliseconds: 0 });
  return {
    id: 'digits',
    workflowId: 'digits',
    status: 'RUNNING',
    pending: [],
    result: null,
    failure: null,
    progress: { ...now, ...progress },
    ...overrides,
  };
}

export function aResult(): ExperimentResult {
  const bestTrial = aMeasuredEntry({ trial: 2, mean: 3 });
  return { verdict: 'goalReached', bestTrial, metric: aMetric(), report: aReference() };
}

/** A training at its eighth step, and what else its worker says of it. */
export function aTraining(heartbeat: object): PendingActivity {
  return {
    type: 'runTraining',
    attempt: 1,
    lastFailure: null,
    heartbeat: { seed: 0, step: 8, metrics: {}, ...heartbeat },
  };
}
