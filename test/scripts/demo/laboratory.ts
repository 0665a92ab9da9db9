import { open } from 'node:fs/promises';
import { openaiLanguageModel } from '../../../activities/language-model/openai-language-model.ts';
import type {
  LanguageModel,
  LanguageModelReply,
  LanguageModelRequest,
} from '../../../activities/language-model/language-model.ts';
import { analyzeTrial } from '../../../activities/analyze-trial.ts';
import type { LanguageModelDependencies } from '../../../activities/dependencies.ts';
import { draftPlan } from '../../../activities/draft-plan.ts';
import { summaryOf, surveyPath } from '../../../activities/experiment-files.ts';
import { digestDescriptor } from '../../../activities/log-compaction/digest-descriptor.ts';
import { recordTrial } from '../../../activities/record-trial.ts';
import { revisePlan } from '../../../activities/revise-plan.ts';
import { summarizeLog } from '../../../activities/summarize-log.ts';
import { writeReport } from '../../../activities/write-report.ts';
import { writeTrainingScript } from '../../../activities/write-training-script.ts';
import { digestTokens } from '../../../workflows/domain/digest-tokens.ts';
import { bestTrial, journalEntry } from '../../../workflows/domain/journal.ts';
import type { Reply } from '../../../workflows/domain/reply.ts';
import { nextStep } from '../../../workflows/domain/search-policy.ts';
import type { Conclusion } from '../../../workflows/domain/stop-condition.ts';
import { applyTaskUpdates } from '../../../workflows/domain/task-list.ts';
import type { ScriptFailure, TrialBrief, TrialOutcome, TrialResult } from '../../../workflows/domain/trial.ts';
import type { Analysis } from '../../../workflows/schema/analysis.ts';
import type { Metric } from '../../../workflows/schema/metric.ts';
import type { PlanRevision } from '../../../workflows/schema/plan-revision.ts';
import type { PlanSettings } from '../../../workflows/schema/plan-settings.ts';
import type { Task } from '../../../workflows/schema/task.ts';
import { anActivityEnvironment, runIn } from '../../support/activity-environment.ts';
import { aMetric, anExperiment, aReference, aRound, aTrialResult, someResources } from '../../support/builders.ts';
import { languageModelDependencies, localModels } from '../../support/language-model-dependencies.ts';

export const anIdea = 'Recognise digits. The number that counts is `val_error`; bring it to at most 2.0.';
const aSurvey = '- GPUs: none, everything runs on the CPU\n- 2 CPU cores, 8 GB of memory, 9 GB of disk free\n';

/**
 * One experiment between the real activities and a served language model; only workflows and trainings are missing, so
 * that a test says what was measured.
 */
export class Laboratory {
  readonly metric: Metric;
  tasks: Task[] = [];
  readonly results: TrialResult[] = [];
  planVersion = 1;
  /** The newest call as it was sent and answered. */
  lastCall: { request: LanguageModelRequest; reply: LanguageModelReply } | null = null;
  private readonly dependencies: LanguageModelDependencies;
  private readonly experiment = anExperiment();

  constructor(folder: string, baseUrl: string, metric: Metric = aMetric({ target: 2 })) {
    this.metric = metric;
    const served = openaiLanguageModel();
    const listened: LanguageModel = {
      complete: async (target, request, watch) => {
        const reply = await served.complete(target, request, watch);
        this.lastCall = { request, reply };
        return reply;
      },
    };
    this.dependencies = languageModelDependencies(folder, listened, localModels(baseUrl));
  }

  get lastText(): string {
    return this.lastCall?.reply.text ?? '';
  }

  get lastPrompt(): string {
    return this.lastCall?.request.messages.at(-1)?.content ?? '';
  }

  get folder() {
    return this.dependencies.artifacts.folder(this.experiment.id);
  }

  async plan({ idea = anIdea, metric = null as Metric | null } = {}): Promise<PlanSettings> {
    await this.folder.write('IDEA.md', idea);
    await this.folder.write(surveyPath, aSurvey);
    const shared = { experiment: this.experiment, ...aRound() };
    const plan = await this.ask(() => draftPlan(this.dependencies, { ...shared, metric }));
    this.tasks = applyTaskUpdates(
      [],
      plan.tasks.map((task) => ({ add: task })),
    );
    return plan;
  }

  async script(failure: ScriptFailure | null = null): Promise<{ title: string; script: string }> {
    const fault = failure === null ? null : { script: aReference({ path: `${this.place}/train.py` }), failure };
    const input = {
      ...this.input,
      ...aRound({ round: failure === null ? 1 : 2 }),
      version: failure === null ? 1 : 2,
      fault,
    };
    const { title, script } = await this.ask(() => writeTrainingScript(this.dependencies, input));
    return { title, script: await this.folder.read(script.path) };
  }

  /** Each log is what one execution printed. What later prompts read of them: a summary, or digests that are short. */
  async summarize(logs: { name: string; ending: string; log: string[] }[]): Promise<string> {
    for (const { name, log } of logs) {
      const text = log.map((line) => `${line}\n`).join('');
      const { path } = await this.folder.write(`${this.place}/${name}/log.txt`, text);
      const digest = await digestFile(this.folder.localPath(path), digestTokens(logs.length));
      await this.folder.write(`${this.place}/${name}/digest.md`, digest);
    }
    const executions = logs.map(({ name, ending }) => ({ name, ending }));
    await this.ask(() => summarizeLog(this.dependencies, { ...this.input, ...aRound(), executions }));
    return (await summaryOf(this.folder, this.input.number)) ?? '';
  }

  async analyze(title: string, outcome: TrialOutcome): Promise<Analysis> {
    const evidence = { title, outcome, script: null, ...aRound() };
    return await this.ask(() => analyzeTrial(this.dependencies, { ...this.input, ...evidence }));
  }

  /** The trial's end: its analysis, its entry in the log, and what becomes of the tasks. */
  async conclude(title: string, outcome: TrialOutcome): Promise<Analysis> {
    const analysis = await this.analyze(title, outcome);
    const { number, step } = this.input;
    const result = aTrialResult({ number, step, title, outcome, ...analysis });
    await this.folder.create(`${this.place}/train.py`, 'print()\n');
    this.tasks = applyTaskUpdates(this.tasks, analysis.taskUpdates);
    this.results.push(result);
    await recordTrial(this.dependencies, { ...this.evidence, title: 'Digits', result });
    return analysis;
  }

  async revise(reason: string): Promise<PlanRevision> {
    const input = { ...this.evidence, reason, ...aRound() };
    const revision = await this.ask(() => revisePlan(this.dependencies, input));
    this.planVersion += 1;
    this.tasks = applyTaskUpdates(this.tasks, revision.taskUpdates);
    return revision;
  }

  async report(conclusion: Conclusion): Promise<string> {
    const input = { ...this.evidence, title: 'Digits', conclusion, ...aRound() };
    await this.ask(() => writeReport(this.dependencies, input));
    return this.lastText;
  }

  get input(): TrialBrief {
    const journal = this.results.map(journalEntry);
    return {
      experiment: this.experiment,
      number: this.results.length + 1,
      step: nextStep(journal, this.metric),
      metric: this.metric,
      seeds: 3,
      deadlineSeconds: 60,
      resources: someResources(),
      packages: [],
      planVersion: this.planVersion,
      tasks: this.tasks,
      earlierTrials: journal.map(({ trial }) => trial),
      best: bestTrial(journal, this.metric),
    };
  }

  private get evidence() {
    const trials = this.results.map(({ number }) => number);
    const { experiment, metric, planVersion, tasks } = this;
    return { experiment, metric, planVersion, tasks, trials, messages: 0 };
  }

  private get place(): string {
    return `trials/00${this.results.length + 1}`;
  }

  /** A reply that its activity cannot use is thrown. */
  private async ask<T>(activity: () => Promise<Reply<T>>): Promise<T> {
    const reply = await runIn(anActivityEnvironment(), activity);
    if (reply.kind !== 'usable') throw new Error(JSON.stringify(reply));
    return reply.value;
  }
}

async function digestFile(file: string, tokens: number): Promise<string> {
  const log = await open(file);
  try {
    return digestDescriptor(log.fd, { tokens });
  } finally {
    await log.close();
  }
}
