import type {
  ExperimentActivities,
  GpuActivities,
  HostActivities,
  EquipmentActivities,
  LanguageModelActivities,
} from '../../activities/index.ts';
import type { Execution } from '../../workflows/domain/execution.ts';
import { spendingOf } from '../../workflows/domain/budget.ts';
import { experimentInputSchema } from '../../workflows/schema/experiment-input.ts';
import { modelsSchema } from '../../workflows/schema/models.ts';
import { testHost } from './workflow-environment.ts';

export type ScriptedActivities = ExperimentActivities &
  LanguageModelActivities &
  HostActivities &
  EquipmentActivities &
  GpuActivities;

/** A call of an activity as a test sees it afterwards. */
export interface RecordedCall {
  activity: string;
  input: Record<string, unknown>;
}

export const oneCall = spendingOf('analyst', { calls: 1, inputTokens: 10, outputTokens: 5, cost: 0, unpricedCalls: 1 });

const someFile = { path: 'some/file', sha256: '0'.repeat(64), bytes: 1 };

/** An execution that measured `metric`. */
export function measuredExecution(metric: number, name = 'seed-0'): Execution {
  return {
    name,
    outcome: { kind: 'completed', metric },
    host: testHost,
    seconds: 1,
    step: 1,
    metrics: { val_error: metric },
    sandbox: 'bubblewrap',
    droppedOutputBytes: 0,
    log: someFile,
  };
}

/** An execution that ended with a traceback. */
export function crashedExecution(excerpt: string, name = 'seed-0'): Execution {
  return { ...measuredExecution(0, name), outcome: { kind: 'crashed', exitCode: 1, signal: null, excerpt } };
}

/**
 * Activities without a world: a plan, a script that works, and a metric of 5 in every training. A test overrides what
 * it is about; `calls` lists every call in order.
 */
export function scriptActivities(overrides: Partial<ScriptedActivities> = {}): {
  activities: ScriptedActivities;
  calls: RecordedCall[];
  inputsOf: (activity: keyof ScriptedActivities) => Record<string, unknown>[];
} {
  const calls: RecordedCall[] = [];
  const scripted = { ...uneventful, ...overrides };
  const recorded = Object.fromEntries(
    Object.entries(scripted).map(([activity, act]) => [
      activity,
      async (input: never) => {
        calls.push({ activity, input });
        return await (act as (input: never) => Promise<unknown>)(input);
      },
    ]),
  ) as unknown as ScriptedActivities;
  return {
    activities: recorded,
    calls,
    inputsOf: (activity) => calls.filter((call) => call.activity === activity).map(({ input }) => input),
  };
}

/** What an installation without webhook finds on a server with search attributes. */
export const uneventfulOpening = {
  location: '/experiments/an-experiment',
  hasSearchAttributes: true,
  hasWebhook: false,
  past: null,
};

const uneventful: ScriptedActivities = {
  async openExperiment({ input }) {
    const { idea: _idea, data: _data, fork: _fork, ...settings } = experimentInputSchema.parse(input);
    return { settings, title: 'An experiment', data: [], hostLossMinutes: null, ...uneventfulOpening };
  },
  async checkModels({ models }) {
    return { kind: 'fit', models: modelsSchema.parse(models) };
  },
  async surveyHost() {},
  async draftPlan() {
    const metric = { name: 'val_error', direction: 'minimize', target: 2 } as const;
    return { kind: 'usable', value: { title: 'An experiment', metric, tasks: ['Baseline'] }, spending: oneCall };
  },
  async writeTrainingScript({ number, version }) {
    return { kind: 'usable', value: { title: `Script ${number}.${version}`, script: someFile }, spending: oneCall };
  },
  async checkTrainingScript() {
    return { kind: 'compiles', declaresPackages: false };
  },
  async rehearseTraining({ name }) {
    return measuredExecution(9, name);
  },
  async runTraining({ name }) {
    return measuredExecution(5, name);
  },
  async stopTraining({ name }) {
    return { ...measuredExecution(0, name), outcome: { kind: 'stopped' }, seconds: 90 };
  },
  async compactLog() {},
  async summarizeLog() {
    return { kind: 'usable', value: null, spending: oneCall };
  },
  async analyzeTrial() {
    const value = { finding: 'Something was learnt.', verdict: 'continue', reason: 'go on', taskUpdates: [] } as const;
    return { kind: 'usable', value: { ...value, taskUpdates: [] }, spending: oneCall };
  },
  async installPackages() {
    return { kind: 'installed', lock: someFile };
  },
  async equipHost() {},
  async prepareData() {
    return [];
  },
  async acceptExecution() {},
  async markExecutionPaused() {},
  async adoptPlan() {},
  async notify() {
    return { kind: 'notConfigured' };
  },
  async recordTrial() {},
  async recordMessages() {},
  async recordBreakOff() {},
  async revisePlan() {
    return { kind: 'usable', value: { reason: 'the old plan was beaten', taskUpdates: [] }, spending: oneCall };
  },
  async writeReport() {
    return { kind: 'usable', value: null, spending: oneCall };
  },
  async publishReport() {
    return { path: 'REPORT.md', sha256: '1'.repeat(64), bytes: 1 };
  },
};
