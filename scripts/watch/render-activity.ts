import colors from 'picocolors';
import type { artifacts, equipment, gpu, hosts, languageModel } from '../../workflows/activity-proxies.ts';
import type { PendingActivity } from './experiment-snapshot.ts';

/** Every one that a workflow may call. */
type ActivityName = keyof (typeof artifacts & typeof languageModel & typeof hosts & typeof equipment & typeof gpu);

const activityNames: Record<ActivityName, string> = {
  openExperiment: 'checking the input',
  checkModels: 'checking the models',
  surveyHost: 'looking at the host',
  installPackages: 'installing packages',
  equipHost: 'installing packages on the host',
  prepareData: 'fetching the data',
  draftPlan: 'drafting the plan',
  adoptPlan: 'taking over the plan',
  writeTrainingScript: 'writing the script',
  checkTrainingScript: 'compiling the script',
  rehearseTraining: 'rehearsing',
  runTraining: 'training',
  stopTraining: 'stopping the training',
  acceptExecution: 'taking over the results',
  markExecutionPaused: 'noting the pause',
  compactLog: 'compacting the log',
  summarizeLog: 'summarizing the log',
  analyzeTrial: 'analysing',
  recordTrial: 'writing the log',
  recordMessages: 'recording messages',
  recordBreakOff: 'bringing the log to its end',
  revisePlan: 'revising the plan',
  writeReport: 'writing the report',
  publishReport: 'publishing the report',
  notify: 'telling the webhook',
};

export function nameActivity({ type }: PendingActivity): string {
  return isKnown(type) ? activityNames[type] : type;
}

function isKnown(type: string): type is ActivityName {
  return Object.hasOwn(activityNames, type);
}

/** "training seed 1: step 340, val_error 5.2, about 1.5 min left" or why it is tried again. */
export function describePending(activity: PendingActivity): string {
  const { attempt, lastFailure, heartbeat } = activity;
  const seed = heartbeat?.['seed'];
  const name = typeof seed === 'number' ? `${nameActivity(activity)} seed ${seed}` : nameActivity(activity);
  if (attempt > 1 && lastFailure !== null) return colors.yellow(`${name}, attempt ${attempt}: ${lastFailure}`);
  if (heartbeat === null || typeof heartbeat['step'] !== 'number') return name;
  const metrics = Object.entries(heartbeat['metrics'] ?? {})
    .filter(([metric]) => metric !== 'progress')
    .map(([metric, value]) => `${metric} ${typeof value === 'number' ? Number(value.toPrecision(4)) : String(value)}`);
  return `${name}: ${[`step ${heartbeat['step']}`, ...metrics, ...describeTimeLeft(heartbeat)].join(', ')}`;
}

function describeTimeLeft({ etaMinutes, deadlineMinutes }: Record<string, unknown>): string[] {
  if (typeof etaMinutes === 'number') return [minutesLeft('about', etaMinutes)];
  return typeof deadlineMinutes === 'number' ? [minutesLeft('at most', deadlineMinutes)] : [];
}

function minutesLeft(bound: string, minutes: number): string {
  return minutes < 1 ? 'under 1 min left' : `${bound} ${minutes} min left`;
}
