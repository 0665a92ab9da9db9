import { readFile } from 'node:fs/promises';
import { localArtifactStore, sha256 } from '../../activities/adapters/local-artifact-store.ts';
import {
  experimentIdSchema,
  experimentInputSchema,
  inlineIdeaBytes,
  longIdeasFolder,
  type ExperimentInput,
} from '../../workflows/schema/experiment-input.ts';
import { problemsOf } from '../../workflows/schema/problems.ts';
import { commandContext, withClient, type CommandContext } from '../command-context.ts';
import { nextFreeId } from '../next-free-id.ts';
import { printJson, printLine } from '../print.ts';
import { runInForeground } from '../run-in-foreground.ts';
import { startExperiment } from '../start-experiment.ts';
import { defaultPort, defaultUiPort, workflowLink } from '../temporal-location.ts';
import { UserError } from '../user-error.ts';

export interface StartOptions {
  id?: string;
  title?: string;
  metric?: string;
  direction?: string;
  target?: number;
  trials?: number;
  hours?: number;
  gpuHours?: number;
  tokens?: number;
  usd?: number;
  calls?: number;
  whenSpent?: string;
  seeds?: number;
  model?: string;
  foreground?: boolean;
  json?: boolean;
}

export async function start(ideaFile: string, options: StartOptions): Promise<number> {
  const context = commandContext();
  const idea = await readIdea(ideaFile);
  const input = buildInput(idea, options);
  const id = options.id ?? nextFreeId(context.configuration.artifactRoot, options.title ?? titleLine(idea));
  checkId(id);
  if (options.foreground === true) {
    const request = { id, input: await withLongIdea(context, input) };
    const ports = { port: defaultPort, uiPort: defaultUiPort };
    return await runInForeground(context, {
      ...ports,
      request,
      isJson: options.json === true,
      isCancelledOnInterrupt: false,
    });
  }
  return await withClient(context, async (client) => {
    await startExperiment(client, context, { id, input: await withLongIdea(context, input) });
    const link = workflowLink(context.temporal, id);
    if (options.json === true) printJson({ id, link });
    else printLine([`Started ${id}`, link, `Follow it with: npx longrun watch ${id}`].filter(Boolean).join('\n'));
    return 0;
  });
}

async function readIdea(file: string): Promise<string> {
  let idea: string;
  try {
    idea = await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UserError(`The idea cannot be read from ${file} (${code}): give the path of a Markdown file.`, 2);
  }
  if (idea.trim() === '') throw new UserError(`${file} is empty: write in a sentence or more what should be tried.`, 2);
  return idea;
}

/** Only what was given; the rest is for the workflow to fill in. Throws with every problem at once. */
function buildInput(idea: string, options: StartOptions): ExperimentInput {
  const { title, metric, direction, target, seeds, model } = options;
  const { trials, hours, gpuHours, tokens, usd, calls, whenSpent } = options;
  const hasMetric = metric !== undefined || direction !== undefined || target !== undefined;
  const input = withoutUndefined({
    idea,
    title,
    metric: hasMetric ? withoutUndefined({ name: metric, direction, target }) : undefined,
    budget: withoutUndefined({ trials, hours, gpuHours, tokens, usd, calls, whenSpent }),
    models: model === undefined ? undefined : { planner: model, coder: model, analyst: model, reporter: model },
    seeds,
  });
  const isLong = Buffer.byteLength(idea) > inlineIdeaBytes;
  const parsed = experimentInputSchema.safeParse(isLong ? { ...input, idea: 'stored as a file' } : input);
  if (parsed.success) return input as ExperimentInput;
  throw new UserError(`The experiment is not valid: ${problemsOf(parsed.error).join('; ')}.`, 2);
}

function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function checkId(id: string): void {
  const parsed = experimentIdSchema.safeParse(id);
  if (!parsed.success) throw new UserError(`The id is not valid: ${problemsOf(parsed.error, id).join('; ')}.`, 2);
}

function titleLine(idea: string): string {
  return idea.split('\n').find((line) => /[A-Za-z0-9]/.test(line)) ?? 'experiment';
}

/** A long idea would fill Temporal's history, so it goes into the artifact folder, by its hash. */
async function withLongIdea({ configuration }: CommandContext, input: ExperimentInput): Promise<ExperimentInput> {
  const { idea } = input;
  if (typeof idea !== 'string' || Buffer.byteLength(idea) <= inlineIdeaBytes) return input;
  const folder = localArtifactStore(configuration.artifactRoot).folder(longIdeasFolder);
  try {
    const reference = await folder.write(`${sha256(idea)}.md`, idea);
    return { ...input, idea: { ...reference, path: `${longIdeasFolder}/${reference.path}` } };
  } catch (error) {
    throw new UserError(`The idea cannot be stored: ${error instanceof Error ? error.message : String(error)}`);
  }
}
