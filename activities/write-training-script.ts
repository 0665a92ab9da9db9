import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import { failureTable } from '../workflows/domain/failure-class.ts';
import { describeMetric } from '../workflows/domain/metric.ts';
import type { Reply, Round } from '../workflows/domain/reply.ts';
import { rehearsalDeadlineSeconds } from '../workflows/domain/budget.ts';
import {
  describeOutcome,
  describeScriptFailure,
  paddedNumber,
  type ScriptFailure,
  type ScriptFault,
  type TrialBrief,
  type TrialStep,
} from '../workflows/domain/trial.ts';
import type { ArtifactFolder } from './adapters/artifact-store.ts';
import type { PromptInputs } from './language-model/prompt-library.ts';
import { askLanguageModel } from './ask-language-model.ts';
import type { LanguageModelDependencies } from './dependencies.ts';
import {
  earlierTrials,
  harnessDocumentation,
  planPath,
  surveyPath,
  tasksOrNull,
  trialFolder,
  trialResults,
  wordsOfPeople,
} from './experiment-files.ts';
import { parseScript } from './parse-script.ts';

export interface WriteTrainingScriptInput extends TrialBrief, Round {
  /** 1 for the trial's first script; a later one mends `fault`. */
  version: number;
  fault: ScriptFault | null;
}

export interface WrittenTrainingScript {
  title: string;
  script: ArtifactReference;
}

/** All that is known becomes one Python file. Every version is kept; `train.py` is the newest. */
export async function writeTrainingScript(
  dependencies: LanguageModelDependencies,
  input: WriteTrainingScriptInput,
): Promise<Reply<WrittenTrainingScript>> {
  const folder = dependencies.artifacts.folder(input.experiment.id);
  const base = await startingScript(folder, input);
  const mayEdit = base !== null && isLong(base) && input.problems.length === 0;
  const answered = await askLanguageModel(dependencies, {
    ...input,
    experimentId: input.experiment.id,
    owner: `trial-${paddedNumber(input.number)}`,
    prompt: 'write-training-script',
    output: null,
    inputs: {
      ...(await scriptInputs(folder, input)),
      'script to start from': base,
      'instead of the whole file': mayEdit ? howToEdit : null,
    },
  });
  if (answered.kind !== 'complete') return answered;
  const { text, spending } = answered;
  const parsed = parseScript(text, base);
  if (parsed.kind === 'unusable') return { ...parsed, spending };
  const { title, intention, script } = parsed.value;
  const place = trialFolder(input.number);
  await folder.write(`${place}/intention.md`, `# ${title}\n\n${intention}\n`);
  await folder.write(`${place}/train.py`, script);
  const reference = await folder.write(`${place}/versions/train-${input.version}.py`, script);
  return { kind: 'usable', value: { title, script: reference }, spending };
}

async function scriptInputs(folder: ArtifactFolder, input: WriteTrainingScriptInput): Promise<PromptInputs> {
  return {
    idea: await folder.read('IDEA.md'),
    'the module longrun': harnessDocumentation,
    host: await folder.read(surveyPath),
    metric: describeMetric(input.metric),
    plan: await folder.read(planPath(input.planVersion)),
    'earlier trials': await earlierTrials(folder, input.earlierTrials),
    tasks: tasksOrNull(input.tasks),
    'what people said': await wordsOfPeople(folder, input.messages),
    limits: limitsOf(input),
    step: describeStep(input.step),
    'what went wrong with it': await whatWentWrong(folder, input),
  };
}

/** A shorter script is written anew faster than it is edited. */
const longScriptLines = 200;

function isLong(script: string): boolean {
  return script.split('\n').length > longScriptLines;
}

const howToEdit = [
  'The script to start from is long. Instead of the whole file you may reply with edits of it, one block for each:',
  '',
  '<<<<<<< SEARCH',
  'lines of the script, word for word, that are in it exactly once',
  '=======',
  'what stands there instead',
  '>>>>>>> REPLACE',
].join('\n');

function limitsOf({ deadlineSeconds, seeds }: TrialBrief): string {
  return [
    `- One training may take ${deadlineSeconds} seconds.`,
    `- A rehearsal of it (longrun.rehearsal is True) may take ${rehearsalDeadlineSeconds(deadlineSeconds)} seconds.`,
    `- The script runs once for each of ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, each in a process of its own.`,
  ].join('\n');
}

function describeStep(step: TrialStep): string {
  switch (step.kind) {
    case 'draft':
      return 'Draft a first script.';
    case 'debug':
      return `Debug: trial ${step.parent} failed. Mend its script.`;
    case 'improve':
      return `Improve: trial ${step.parent} is the best so far. Change its script where you expect the most.`;
  }
}

/** The faulty version while one is being mended, else the script of the trial that this one starts from. */
async function startingScript(
  folder: ArtifactFolder,
  { step, fault }: WriteTrainingScriptInput,
): Promise<string | null> {
  if (fault !== null) return await folder.read(fault.script.path);
  return step.kind === 'draft' ? null : await folder.read(`${trialFolder(step.parent)}/train.py`);
}

/**
 * The failure with its traceback, word for word: of the version before in this trial, else of the trial that this one
 * is to mend. Null where nothing failed.
 */
async function whatWentWrong(
  folder: ArtifactFolder,
  { step, fault }: WriteTrainingScriptInput,
): Promise<string | null> {
  if (fault !== null) return withExcerpt(describeScriptFailure(fault.failure), fault.failure);
  if (step.kind !== 'debug') return null;
  const [parent] = await trialResults(folder, [step.parent]);
  if (parent === undefined || !('failure' in parent.outcome)) return null;
  return withExcerpt(describeOutcome(parent.outcome), parent.outcome.failure);
}

function withExcerpt(description: string, failure: ScriptFailure): string {
  const advice =
    failure.kind === 'syntaxError' || failure.kind === 'packagesRefused' ? null : failureTable[failure.kind].advice;
  return [`${description}.`, advice, failure.excerpt]
    .filter((part) => part !== null && part !== '')
    .join('\n\n')
    .trim();
}
