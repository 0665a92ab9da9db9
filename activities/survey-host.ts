import type { HostSurvey } from '../workflows/schema/host-survey.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import { surveyHost as survey } from './adapters/host.ts';
import type { HostDependencies } from './dependencies.ts';
import { surveyPath } from './experiment-files.ts';

/** Writes down what there is to train with: the prompts read it from there. Returns the host's name. */
export async function surveyHost(
  { artifacts, host }: HostDependencies,
  { experiment }: { experiment: ExperimentIdentity },
): Promise<{ host: string }> {
  const facts = await survey(host);
  const folder = artifacts.folder(experiment.id);
  // Created, never replaced: a prompt that is asked again must find the survey that it was asked with.
  await folder.create(surveyPath, renderSurvey(facts));
  return { host: facts.host };
}

function renderSurvey(facts: HostSurvey): string {
  const gpus = facts.gpus.map(({ name, memoryMegabytes }) => `${name}, ${memoryMegabytes ?? 'unknown'} MB`);
  return [
    `- GPUs: ${gpus.length === 0 ? 'none, everything runs on the CPU' : gpus.join('; ')}`,
    `- ${facts.cores} CPU cores, ${facts.memoryGigabytes} GB of memory, ${facts.freeDiskGigabytes} GB of disk free`,
    `- ${facts.slots} trainings may run at once and share the cores`,
    `- ${facts.operatingSystem}, Python ${facts.python}; nothing can be installed or downloaded`,
    `- Installed packages: ${facts.packages.map(({ name, version }) => `${name} ${version}`).join(', ')}`,
    '',
  ].join('\n');
}
