import { experimentInputSchema, type ExperimentInput } from '../../workflows/schema/experiment-input.ts';
import { problemsOf } from '../../workflows/schema/problems.ts';
import { commandContext, withClient } from '../command-context.ts';
import { nextFreeId } from '../next-free-id.ts';
import { runInForeground } from '../run-in-foreground.ts';
import { announceStart } from '../start/announce-start.ts';
import { checkId } from '../start/check-id.ts';
import { mergeSettings, type GivenSettings } from '../start/merge-settings.ts';
import { optionSettings, type SettingOptions } from '../start/option-settings.ts';
import { readConfigFile, readIdeaFile, type IdeaFile } from '../start/read-idea-file.ts';
import { settingNames, type ReadSettings } from '../start/read-settings.ts';
import { isLongIdea, storeLongIdea } from '../start/store-long-idea.ts';
import { startExperiment } from '../start-experiment.ts';
import { stopSignal } from '../stop-signal.ts';
import { defaultPort, defaultUiPort } from '../temporal-location.ts';
import { UserError } from '../user-error.ts';

export interface StartOptions extends SettingOptions {
  config?: string;
  foreground?: boolean;
  json?: boolean;
}

/** Starts what a file says should be tried. Options win over the file of --config, that over the idea's front matter. */
export async function start(file: string, options: StartOptions): Promise<number> {
  const context = commandContext();
  const ideaFile = await readIdeaFile(file);
  const config = options.config === undefined ? noSettings : await readConfigFile(options.config);
  const { id: givenId, ...input } = chooseSettings(ideaFile, config, optionSettings(options));
  const { artifactRoot } = context.configuration;
  const id = givenId ?? nextFreeId(artifactRoot, input.title ?? titleLine(ideaFile.idea));
  checkId(id);
  const isJson = options.json === true;
  if (options.foreground === true) {
    const request = { id, input: await storeLongIdea(context, input) };
    const ports = { port: defaultPort, uiPort: defaultUiPort };
    const options = { ...ports, request, isJson, interrupted: stopSignal(), isCancelledOnInterrupt: false };
    return await runInForeground(context, options);
  }
  return await withClient(context, async (client) => {
    await startExperiment(client, context, { id, input: await storeLongIdea(context, input) });
    announceStart(context, id, isJson);
    return 0;
  });
}

const noSettings: ReadSettings = { settings: {}, problems: [] };

type Chosen = ExperimentInput & { id?: string };

/** Throws with every problem of every source at once. */
function chooseSettings(ideaFile: IdeaFile, config: ReadSettings, options: GivenSettings): Chosen {
  const { idea } = ideaFile;
  const settings = mergeSettings(ideaFile.settings, config.settings, options);
  const problems = [...ideaFile.problems, ...config.problems];
  // A metric's part is wrong or right only along with the parts in the files.
  const { id: _id, metric: _metric, ...others } = options;
  const checked =
    problems.length > 0 || options['metric'] === undefined ? others : { ...others, metric: settings['metric'] };
  const parsed = experimentInputSchema.safeParse({ ...checked, idea: isLongIdea(idea) ? 'stored as a file' : idea });
  if (!parsed.success) problems.push(...problemsOf(parsed.error));
  if (problems.length === 0) return { ...settings, idea };
  const isUnknown = problems.some((problem) => problem.endsWith('unknown name'));
  const hint = isUnknown ? ` The names are ${settingNames.join(', ')}.` : '';
  throw new UserError(`The experiment is not valid: ${problems.join('; ')}.${hint}`, 2);
}

function titleLine(idea: string): string {
  return idea.split('\n').find((line) => /[A-Za-z0-9]/.test(line)) ?? 'experiment';
}
