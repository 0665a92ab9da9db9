import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { findSource } from '../../activities/forks/find-source.ts';
import { inheritSettings } from '../../activities/forks/inherit-settings.ts';
import { experimentIdOf } from '../../workflows/domain/experiment-id.ts';
import { planMessageBytes } from '../../workflows/domain/read-update.ts';
import { experimentInputSchema, type ExperimentInput, type Fork } from '../../workflows/schema/experiment-input.ts';
import { problemsOf } from '../../workflows/schema/problems.ts';
import { commandContext, withClient, type CommandContext } from '../command-context.ts';
import { nextForkId } from '../next-fork-id.ts';
import { announceStart } from '../start/announce-start.ts';
import { checkId } from '../start/check-id.ts';
import { optionSettings, type SettingOptions } from '../start/option-settings.ts';
import { startExperiment } from '../start-experiment.ts';
import { readWords } from '../steering/read-words.ts';
import { signature } from '../steering/signature.ts';
import { UserError } from '../user-error.ts';

export interface ForkOptions extends Omit<SettingOptions, 'metric' | 'direction'> {
  fromTrial: number;
  /** The file of the next version of the plan. */
  plan?: string;
  feedback?: string;
  by?: string;
  json?: boolean;
}

/** Starts another experiment from the past of one, which stays as it is, whether it runs or has ended. */
export async function fork(source: string, options: ForkOptions): Promise<number> {
  const context = commandContext();
  const experiment = experimentIdOf(source);
  const input = await forkable(context, await readInput(experiment, options), options.target);
  const id = options.id ?? nextForkId(context.configuration.artifactRoot, experiment);
  checkId(id);
  return await withClient(context, async (client) => {
    await startExperiment(client, context, { id, input });
    announceStart(context, id, options.json === true);
    return 0;
  });
}

type ForkInput = ExperimentInput & { fork: Fork };

async function readInput(experiment: string, options: ForkOptions): Promise<ForkInput> {
  const { fromTrial, plan, feedback, by, target: _target, ...settings } = options;
  const { id: _id, ...given } = optionSettings(settings);
  return {
    ...given,
    fork: {
      experiment,
      trial: fromTrial,
      by: signature(by).by,
      ...(plan === undefined ? {} : { plan: await readWords(plan, planMessageBytes) }),
      ...(feedback === undefined ? {} : { feedback }),
    },
  };
}

/**
 * The input with another target for the metric that the past has measured, where one is given. Throws a UserError with
 * all that the workflow would say as well: so it is said at once, and nothing is started.
 */
async function forkable(
  { configuration }: CommandContext,
  input: ForkInput,
  target: number | undefined,
): Promise<ForkInput> {
  const parsed = experimentInputSchema.safeParse(input);
  if (!parsed.success) throw notForkable(problemsOf(parsed.error));
  const found = await findSource(localArtifactStore(configuration.artifactRoot), input.fork);
  if (found.kind === 'none') throw notForkable([found.problem]);
  const { problems } = inheritSettings(found.source, input, parsed.data);
  if (problems.length > 0) throw notForkable(problems);
  return target === undefined ? input : { ...input, metric: { ...found.source.point.metric, target } };
}

function notForkable(problems: readonly string[]): UserError {
  return new UserError(`The fork is not valid: ${problems.join('; ')}.`, 2);
}
