import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import {
  experimentIdSchema,
  experimentInputSchema,
  type ExperimentSettings,
  type Fork,
  type GivenDataSet,
} from '../workflows/schema/experiment-input.ts';
import { problemsOf } from '../workflows/schema/problems.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { titleOf } from '../workflows/domain/idea-title.ts';
import type { Past } from '../workflows/domain/past.ts';
import type { DataSource } from '../workflows/domain/placement.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import type { ArtifactFolder, ArtifactStore } from './adapters/artifact-store.ts';
import { sha256 } from './adapters/local-artifact-store.ts';
import type { OpeningDependencies } from './dependencies.ts';
import { copyPast } from './forks/copy-past.ts';
import { parseJson, recordPath, type ExperimentRecord } from './forks/experiment-record.ts';
import { findSource, type ForkSource } from './forks/find-source.ts';
import { inheritSettings } from './forks/inherit-settings.ts';
import { invalidInput } from './invalid-input.ts';
import { readIdea } from './read-idea.ts';

export interface OpenExperimentInput {
  /** Its id is that of the folder. */
  experiment: ExperimentIdentity;
  /** Whatever the workflow was started with. */
  input: unknown;
}

export interface OpenedExperiment {
  settings: ExperimentSettings;
  title: string;
  data: DataSource[];
  hostLossMinutes: number | null;
  /** The experiment's folder, for people. */
  location: string;
  hasSearchAttributes: boolean;
  hasWebhook: boolean;
  /** Null for an experiment that begins with an idea of its own. */
  past: Past | null;
}

/**
 * Checks the input, then claims the experiment's folder; a fork's past is copied into it. Throws `InvalidInput` with each
 * problem named by its path, before anything is written, and `ExperimentExists` when the folder is another experiment's.
 * A retry finds its own claim and goes on.
 */
export async function openExperiment(
  { artifacts, ...surroundings }: OpeningDependencies,
  { experiment, input }: OpenExperimentInput,
): Promise<OpenedExperiment> {
  const parsed = parseInput(experiment.id, input);
  const opening =
    parsed.fork === undefined
      ? await openIdea(artifacts, parsed)
      : await openFork(artifacts, { ...parsed, fork: parsed.fork }, input as object);
  const { idea, title, settings, data, scripts } = opening;

  const folder = artifacts.folder(experiment.id);
  await claim(folder, experiment, opening);
  await folder.write('IDEA.md', `${idea.trimEnd()}\n`);
  for (const { path, text } of scripts) await folder.write(path, text);
  const past = opening.fork === null ? null : await copyPast(opening.fork.source, { folder, title, ...opening.fork });
  return { settings, title, data, location: folder.location, past, ...surroundings };
}

type ParsedInput = z.output<typeof experimentInputSchema>;

interface Opening {
  idea: string;
  title: string;
  settings: ExperimentSettings;
  data: DataSource[];
  /** Of data sets: the state of an experiment has no room for texts. */
  scripts: { path: string; text: string }[];
  fork: { source: ForkSource; fork: Fork; metric: Past['metric'] } | null;
}

async function openIdea(artifacts: ArtifactStore, parsed: ParsedInput): Promise<Opening> {
  const { idea: given = '', data, fork: _fork, ...settings } = parsed;
  const idea = await readIdea(artifacts, given);
  return { idea, title: settings.title ?? titleOf(idea), settings, ...withScripts(data), fork: null };
}

async function openFork(
  artifacts: ArtifactStore,
  parsed: ParsedInput & { fork: Fork },
  given: object,
): Promise<Opening> {
  const { fork } = parsed;
  const found = await findSource(artifacts, fork);
  if (found.kind === 'none') throw invalidInput([found.problem]);
  const { source } = found;
  const { settings, problems } = inheritSettings(source, given, parsed);
  if (problems.length > 0) throw invalidInput(problems);
  return {
    idea: parsed.idea === undefined ? await source.folder.read('IDEA.md') : await readIdea(artifacts, parsed.idea),
    title: parsed.title ?? source.point.title,
    settings,
    ...('data' in given ? withScripts(parsed.data) : await inheritedData(source)),
    fork: { source, fork, metric: parsed.metric ?? source.point.metric },
  };
}

/** The scripts of data sets become files. */
function withScripts(given: readonly GivenDataSet[]): Pick<Opening, 'data' | 'scripts'> {
  const scripts: Opening['scripts'] = [];
  const data = given.map(({ name, path = '', script, hosts = [] }): DataSource => {
    if (script === undefined) return { name, path };
    const file = `data/${name}.py`;
    scripts.push({ path: file, text: script });
    return { name, script: { path: file, sha256: sha256(script), bytes: Buffer.byteLength(script) }, hosts };
  });
  return { data, scripts };
}

async function inheritedData({ folder, data = [] }: ForkSource): Promise<Pick<Opening, 'data' | 'scripts'>> {
  const paths = data.flatMap((source) => ('script' in source ? [source.script.path] : []));
  const scripts = await Promise.all(paths.map(async (path) => ({ path, text: await folder.read(path) })));
  return { data, scripts };
}

function parseInput(id: string, input: unknown): ParsedInput {
  const parsedId = experimentIdSchema.safeParse(id);
  const parsed = experimentInputSchema.safeParse(input ?? {});
  if (parsedId.success && parsed.success) return parsed.data;
  throw invalidInput([
    ...(parsedId.success ? [] : problemsOf(parsedId.error, 'workflow id')),
    ...(parsed.success ? [] : problemsOf(parsed.error)),
  ]);
}

const ownerSchema = z.object({ firstExecutionRunId: z.string() });

async function claim(folder: ArtifactFolder, experiment: ExperimentIdentity, opening: Opening): Promise<void> {
  const { title, settings, data, fork } = opening;
  const record: ExperimentRecord = {
    schemaVersion: 1,
    id: experiment.id,
    firstExecutionRunId: experiment.runId,
    openedAt: new Date().toISOString(),
    title,
    settings,
    data,
    ...(fork === null ? {} : { forkedFrom: originOf(fork) }),
  };
  if (await folder.create(recordPath, `${JSON.stringify(record, null, 2)}\n`)) return;
  const owner = ownerSchema.safeParse(parseJson(await folder.read(recordPath)));
  if (owner.success && owner.data.firstExecutionRunId === experiment.runId) return;
  throw ApplicationFailure.nonRetryable(
    `The folder ${folder.location} belongs to another experiment; choose another workflow id.`,
    failureType.experimentExists,
  );
}

function originOf({ source, fork }: NonNullable<Opening['fork']>): ExperimentRecord['forkedFrom'] {
  return { experiment: fork.experiment, trial: fork.trial, messages: source.point.messages };
}
