import { ApplicationFailure } from '@temporalio/activity';
import { failureType } from '../workflows/domain/failure-type.ts';
import type { PreparedData, Resources } from '../workflows/domain/placement.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import type { Host } from './adapters/host.ts';
import { hostFacts, type HostFacts } from './adapters/host-facts.ts';
import { dataFolder } from './data-place.ts';
import type { HostDependencies } from './dependencies.ts';
import { surveyPath } from './experiment-files.ts';
import { assertSandboxed } from './sandbox-spec.ts';

export interface SurveyHostInput {
  experiment: ExperimentIdentity;
  resources: Resources;
  packages: string[];
}

/**
 * Writes down what there is to train with: the prompts read it from there. What would make
 * every training fail is said here, before a model was paid.
 */
export async function surveyHost(
  { artifacts, host }: HostDependencies,
  { experiment, resources, packages }: SurveyHostInput,
): Promise<void> {
  await assertSandboxed(host);
  assertEnoughGpus(host, resources);
  const facts = await hostFacts(host);
  const folder = artifacts.folder(experiment.id);
  // Created, never replaced: a prompt that is asked again must find the survey that it was asked with.
  await folder.create(surveyPath, renderSurvey(facts, { host, resources, packages }));
}

/** On an installation with several hosts another one may have more. */
function assertEnoughGpus({ accelerator, devices }: Host, { gpus, hostLossMinutes }: Resources): void {
  if (accelerator === 'cpu' || hostLossMinutes !== null || gpus <= devices.length) return;
  const problem = `gpusPerTrial: is ${gpus}, and the training host has ${devices.length}`;
  throw ApplicationFailure.create({
    type: failureType.invalidInput,
    message: `The input is not valid: ${problem}.`,
    nonRetryable: true,
    details: [[problem]],
  });
}

function renderSurvey(
  facts: HostFacts,
  { host, resources, packages }: { host: Host; resources: Resources; packages: string[] },
): string {
  const { data, gpus: gpuCount } = resources;
  const gpus = facts.gpus.map(({ name, memoryMegabytes }) => `${name}, ${memoryMegabytes ?? 'unknown'} MB`);
  const isCpu = gpus.length === 0;
  return [
    `- GPUs: ${isCpu ? `none, everything runs on the CPU${facts.gpuProblem === null ? '' : ` (${facts.gpuProblem})`}` : gpus.join('; ')}`,
    ...(isCpu ? [] : [`- Each training has ${gpuCount === 1 ? 'one GPU' : severalGpus(gpuCount)}`]),
    `- ${facts.cores} CPU cores, ${facts.memoryGigabytes} GB of memory, ${facts.freeDiskGigabytes} GB of disk free`,
    `- ${facts.slots} trainings may run at once and share the cores`,
    `- ${facts.operatingSystem}, Python ${facts.python}; nothing can be downloaded by a script`,
    `- Installed packages: ${facts.packages.map(({ name, version }) => `${name} ${version}`).join(', ')}`,
    `- ${whatCanBeInstalled(packages)}`,
    ...data.map((each) => `- Data set ${each.source.name}: ${describeData(host, each)}`),
    '',
  ].join('\n');
}

function severalGpus(count: number): string {
  return `${count} GPUs (longrun.gpus); train.py is started once and starts its own processes, for example by torch.multiprocessing.spawn or torch.distributed.run; MASTER_ADDR and MASTER_PORT are set`;
}

function whatCanBeInstalled(packages: readonly string[]): string {
  if (packages.length === 0) return 'Nothing else can be installed';
  const which = packages.includes('*') ? 'any package' : `these packages: ${packages.join(', ')}`;
  return `A script may have ${which} installed by declaring them in a \`# /// script\` block (PEP 723) with \`dependencies\``;
}

/** Without a sandbox nothing is bound anywhere, so the script reads the folder itself. */
function describeData(host: Host, { source, fingerprint: { files, bytes } }: PreparedData): string {
  const place = host.sandbox.kind === 'off' ? dataFolder(host, source) : `/data/${source.name}`;
  return `${place} (read-only, ${files} files, ${bytes} bytes)`;
}
