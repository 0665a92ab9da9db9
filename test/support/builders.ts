import { nothingSpent, type BudgetUse, type Spending } from '../../workflows/domain/budget.ts';
import type { Execution } from '../../workflows/domain/execution.ts';
import type { ExperimentState } from '../../workflows/domain/experiment-state.ts';
import type { Guidance } from '../../workflows/domain/guidance.ts';
import type { JournalEntry, MeasuredEntry } from '../../workflows/domain/journal.ts';
import type { Resources } from '../../workflows/domain/placement.ts';
import type { Round } from '../../workflows/domain/reply.ts';
import type { ExperimentIdentity, TrialOutcome, TrialResult } from '../../workflows/domain/trial.ts';
import type { ArtifactReference } from '../../workflows/schema/artifact-reference.ts';
import type { ExitRecord } from '../../workflows/schema/execution-record.ts';
import {
  experimentInputSchema,
  type Budget,
  type ExperimentSettings,
} from '../../workflows/schema/experiment-input.ts';
import type { Metric } from '../../workflows/schema/metric.ts';

/** The smallest legal input of an experiment, as the wire has it. */
export function anInput(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return { idea: 'Try it.', ...overrides };
}

export function someSettings(overrides: Record<string, unknown> = {}): ExperimentSettings {
  const { idea: _idea, data: _data, ...settings } = experimentInputSchema.parse(anInput(overrides));
  return settings;
}

export function anExperiment(id = 'digits'): ExperimentIdentity {
  return { id, runId: '11111111-2222-3333-4444-555555555555' };
}

export function aMetric(overrides: Partial<Metric> = {}): Metric {
  return { name: 'val_error', direction: 'minimize', ...overrides };
}

export function aReference(overrides: Partial<ArtifactReference> = {}): ArtifactReference {
  return { path: 'trials/001/train.py', sha256: 'a'.repeat(64), bytes: 1, ...overrides };
}

export function someSpending(overrides: Partial<Spending> = {}): Spending {
  return { ...nothingSpent, ...overrides };
}

export function aBudget(overrides: Partial<Budget> = {}): Budget {
  return { trials: 12, hours: 24, whenSpent: 'finish', ...overrides };
}

export function aBudgetUse(overrides: Partial<BudgetUse> = {}): BudgetUse {
  return { budget: aBudget(), spending: nothingSpent, trials: 0, elapsedSeconds: 0, ...overrides };
}

/** A trial that measured 5 with one seed. */
export function aJournalEntry(overrides: Partial<JournalEntry> = {}): JournalEntry {
  return {
    trial: 1,
    title: 'A baseline',
    kind: 'draft',
    parent: null,
    outcome: 'completed',
    mean: 5,
    deviation: null,
    seeds: 1,
    seconds: 60,
    tokens: 1000,
    ...overrides,
  };
}

export function aFailedEntry(overrides: Partial<JournalEntry> = {}): JournalEntry {
  return aJournalEntry({ outcome: 'trainingFailed', mean: null, seeds: 0, ...overrides });
}

export function aMeasuredEntry(overrides: Partial<MeasuredEntry> = {}): MeasuredEntry {
  return { ...aJournalEntry(), mean: 5, ...overrides };
}

type CompletedTrial = Extract<TrialOutcome, { kind: 'completed' }>;

export function aMeasurement(overrides: Partial<CompletedTrial> = {}): CompletedTrial {
  return { kind: 'completed', mean: 5, standardDeviation: null, values: [5], ...overrides };
}

export function aTrialResult(overrides: Partial<TrialResult> = {}): TrialResult {
  return {
    number: 1,
    step: { kind: 'draft' },
    title: 'A baseline',
    outcome: aMeasurement(),
    finding: 'It learns.',
    verdict: 'continue',
    reason: 'the plan holds',
    taskUpdates: [],
    spending: nothingSpent,
    script: aReference(),
    sandbox: 'bubblewrap',
    shortage: null,
    ...overrides,
  };
}

export function anExecution(overrides: Partial<Execution> = {}): Execution {
  return {
    name: 'seed-0',
    outcome: { kind: 'completed', metric: 5 },
    host: 'some-host',
    seconds: 1,
    step: 1,
    metrics: {},
    sandbox: 'bubblewrap',
    droppedOutputBytes: 0,
    log: aReference({ path: 'trials/001/seed-0/log.txt' }),
    ...overrides,
  };
}

/** A process that ended by itself with exit status 0. */
export function anExit(overrides: Partial<ExitRecord> = {}): ExitRecord {
  return {
    code: 0,
    signal: null,
    reason: 'exited',
    startedAt: 1000,
    endedAt: 1001,
    seconds: 1,
    peakMemoryBytes: 1024,
    attempt: 1,
    droppedOutputBytes: 0,
    sandbox: 'bubblewrap',
    slots: ['cpu-0'],
    ...overrides,
  };
}

/** One GPU, no data set, a host that nobody stands in for. */
export function someResources(overrides: Partial<Resources> = {}): Resources {
  return { gpus: 1, data: [], hostLossMinutes: null, ...overrides };
}

/** Everything is allowed, and nobody has said anything. */
export function someGuidance(overrides: Partial<Guidance> = {}): Guidance {
  return {
    messages: 0,
    models: {},
    allowance: { tokens: null, usd: null, calls: null },
    nudges: { resumes: 0, extensions: 0 },
    ...overrides,
  };
}

export function aRound(overrides: Partial<Round> = {}): Round {
  const { models, allowance, messages } = someGuidance();
  return { round: 1, problems: [], continues: null, models, allowance, messages, ...overrides };
}

/** An experiment after its first plan. */
export function aState(overrides: Partial<ExperimentState> = {}): ExperimentState {
  return {
    schemaVersion: 1,
    startedAtMilliseconds: 0,
    title: 'Digits',
    settings: someSettings(),
    resources: someResources(),
    metric: aMetric(),
    plan: { version: 1, reason: null },
    tasks: [],
    journal: [],
    spending: nothingSpent,
    lastAnalysis: null,
    shortage: null,
    ...overrides,
  };
}
