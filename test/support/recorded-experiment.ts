import { openExperiment } from '../../activities/open-experiment.ts';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { recordMessages } from '../../activities/record-messages.ts';
import { recordTrial } from '../../activities/record-trial.ts';
import { savePlan } from '../../activities/save-plan.ts';
import type { PlanRequest } from '../../workflows/domain/mailbox.ts';
import type { PersonMessage } from '../../workflows/domain/person-message.ts';
import type { TrialResult } from '../../workflows/domain/trial.ts';
import { aMetric, anExperiment, anInput, aTrialResult } from './builders.ts';

export interface Recording {
  input?: Record<string, unknown>;
  /** Each with what people said before it ended. */
  trials?: RecordedTrial[];
}

interface RecordedTrial {
  result?: Partial<TrialResult>;
  said?: PersonMessage[];
  planVersion?: number;
  planChanges?: PlanRequest[];
}

/** The folder of the experiment `digits` as the activities leave it, trial by trial, each with one file of each kind. */
export async function recordExperiment(root: string, { input = {}, trials = [{}] }: Recording = {}): Promise<void> {
  const dependencies = { artifacts: localArtifactStore(root), hostLossMinutes: null };
  const experiment = anExperiment();
  const surroundings = { hasSearchAttributes: false, hasWebhook: false };
  await openExperiment({ ...dependencies, ...surroundings }, { experiment, input: anInput(input) });
  const folder = dependencies.artifacts.folder(experiment.id);
  await folder.write('host.md', '- GPUs: none\n');

  let messages = 0;
  for (const [index, { result, said = [], planVersion = 1, planChanges = [] }] of trials.entries()) {
    const number = index + 1;
    const place = `trials/00${number}`;
    await savePlan(folder, planVersion, `# Plan ${planVersion}`);
    await recordMessages(dependencies, { experiment, from: messages + 1, messages: said });
    messages += said.length;
    await folder.write(`${place}/train.py`, `print(${number})\n`);
    await folder.write(`${place}/seed-0/log.txt`, `log of ${number}\n`);
    await folder.write(`${place}/seed-0/checkpoints/step-1-ab`, 'weights');
    await folder.write(`llm/trial-00${number}/analyze-trial-1.json`, '{}');
    await recordTrial(dependencies, {
      experiment,
      title: 'Digits',
      metric: aMetric({ target: 2 }),
      planVersion,
      planReason: planVersion === 1 ? null : `reason ${planVersion}`,
      tasks: [{ id: 1, title: `Task of trial ${number}`, status: 'open' }],
      trials: Array.from({ length: number }, (_, earlier) => earlier + 1),
      messages,
      planChanges,
      result: aTrialResult({ number, title: `Trial ${number}`, reason: `reason of ${number}`, ...result }),
    });
  }
}
