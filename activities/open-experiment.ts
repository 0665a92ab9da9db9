import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import {
  experimentIdSchema,
  experimentInputSchema,
  longIdeasFolder,
  type GivenDataSet,
  type ExperimentSettings,
} from '../workflows/schema/experiment-input.ts';
import { problemsOf } from '../workflows/schema/problems.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { shorten } from '../workflows/domain/journal.ts';
import type { DataSource } from '../workflows/domain/placement.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import type { ArtifactFolder, ArtifactStore } from './adapters/artifact-store.ts';
import { sha256 } from './adapters/local-artifact-store.ts';
import type { OpeningDependencies } from './dependencies.ts';

export interface OpenExperimentInput {
  experiment: ExperimentIdentity;
  /** Whatever the workflow was started with. */
  input: unknown;
}

export interface OpenedExperiment {
  settings: ExperimentSettings;
  title: string;
  data: DataSource[];
  hostLossMinutes: number | null;
}

const ownerSchema = z.object({ firstExecutionRunId: z.string() });

/**
 * Checks the input, then claims the experiment's folder. Throws `InvalidInput` with each problem named by its path,
 * before anything is written, and `ExperimentExists` when the folder is another experiment's. A retry finds its own
 * claim and goes on.
 */
export async function openExperiment(
  { artifacts, hostLossMinutes }: OpeningDependencies,
  { experiment, input }: OpenExperimentInput,
): Promise<OpenedExperiment> {
  const { idea: given, data, ...settings } = parseInput(experiment.id, input);
  const idea = typeof given === 'string' ? given : await readLongIdea(artifacts, given);
  const title = settings.title ?? titleOf(idea);

  const folder = artifacts.folder(experiment.id);
  await claim(folder, experiment, { title, settings });
  await folder.write('IDEA.md', `${idea.trimEnd()}\n`);
  return { settings, title, data: await storeScripts(folder, data), hostLossMinutes };
}

/** The scripts of data sets become files: the state of an experiment has no room for texts. */
async function storeScripts(folder: ArtifactFolder, data: readonly GivenDataSet[]): Promise<DataSource[]> {
  return await Promise.all(
    data.map(async ({ name, path = '', script, hosts = [] }) =>
      script === undefined ? { name, path } : { name, script: await folder.write(`data/${name}.py`, script), hosts },
    ),
  );
}

function parseInput(id: string, input: unknown): z.output<typeof experimentInputSchema> {
  const parsedId = experimentIdSchema.safeParse(id);
  const parsed = experimentInputSchema.safeParse(input ?? {});
  if (parsedId.success && parsed.success) return parsed.data;
  const problems = [
    ...(parsedId.success ? [] : problemsOf(parsedId.error, 'workflow id')),
    ...(parsed.success ? [] : problemsOf(parsed.error)),
  ];
  throw invalidInput(problems);
}

function invalidInput(problems: string[]): ApplicationFailure {
  const known = Object.keys(experimentInputSchema.shape).join(', ');
  const hint = problems.some((problem) => problem.endsWith('unknown name')) ? ` The names are ${known}.` : '';
  return ApplicationFailure.create({
    type: failureType.invalidInput,
    message: `The input is not valid: ${problems.join('; ')}.${hint}`,
    nonRetryable: true,
    details: [problems],
  });
}

async function readLongIdea(artifacts: ArtifactStore, reference: ArtifactReference): Promise<string> {
  const [folder, file, ...rest] = reference.path.split('/');
  if (folder !== longIdeasFolder || file === undefined || rest.length > 0) {
    throw invalidInput([`idea.path: must be ${longIdeasFolder}/<file>, as \`longrun start\` writes it`]);
  }
  const text = await artifacts.folder(longIdeasFolder).readIfPresent(file);
  if (text === null) throw invalidInput([`idea.path: there is no ${reference.path} in ${artifacts.location}`]);
  if (sha256(text) !== reference.sha256) throw invalidInput(['idea.sha256: the file has other content']);
  if (text.trim() === '') throw invalidInput(['idea: is empty']);
  return text;
}

/** The first line that says something, without Markdown's marks. */
function titleOf(idea: string): string {
  const line = idea.split('\n').find((candidate) => candidate.replace(/[#>*\-\s]/g, '') !== '') ?? idea;
  return shorten(line.replace(/^[#>*\-\s]+/, '').trim(), 80);
}

async function claim(
  folder: ArtifactFolder,
  experiment: ExperimentIdentity,
  opened: Pick<OpenedExperiment, 'title' | 'settings'>,
): Promise<void> {
  const record = {
    schemaVersion: 1,
    id: experiment.id,
    firstExecutionRunId: experiment.runId,
    openedAt: new Date().toISOString(),
    ...opened,
  };
  if (await folder.create('experiment.json', `${JSON.stringify(record, null, 2)}\n`)) return;
  const owner = ownerSchema.safeParse(parseJson(await folder.read('experiment.json')));
  if (owner.success && owner.data.firstExecutionRunId === experiment.runId) return;
  throw ApplicationFailure.nonRetryable(
    `The folder ${folder.location} belongs to another experiment; choose another workflow id.`,
    failureType.experimentExists,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Not ours to read: whoever wrote it owns the folder.
  }
}
