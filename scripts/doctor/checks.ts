import { execFile } from 'node:child_process';
import { mkdir, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findDevices } from '../../activities/adapters/devices.ts';
import { sandboxMend } from '../../activities/adapters/sandbox-mend.ts';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { createModelCatalogue } from '../../activities/language-model/model-catalogue.ts';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import { openConfiguredSandbox } from '../../workers/training-host.ts';
import { modelRoleSchema } from '../../workflows/schema/models.ts';
import { withClient, type CommandContext } from '../command-context.ts';
import { findTemporalCli } from '../development-server/temporal-cli.ts';
import { assertNamespace } from '../temporal-location.ts';
import { findNodeVersionProblem } from '../set-up/node-version.mjs';
import { describeModels } from './describe-models.ts';

const run = promisify(execFile);

/** `missing`: no experiment can run. `warning`: some cannot, or only worse. */
export interface CheckResult {
  name: string;
  state: 'ok' | 'warning' | 'missing';
  found: string;
  /** How to mend it; null when nothing is to be mended. */
  mend: string | null;
}

type Check = (context: CommandContext) => Promise<CheckResult>;

/** In the order in which they are shown. */
export const checks: readonly Check[] = [
  checkNode,
  checkManagedPython,
  checkTrainingPython,
  checkTemporalCli,
  checkTemporalServer,
  checkGpus,
  checkSandbox,
  checkModel,
  checkWebhook,
  checkArtifacts,
  checkDisk,
];

function ok(name: string, found: string): CheckResult {
  return { name, state: 'ok', found, mend: null };
}

async function checkNode(): Promise<CheckResult> {
  const problem = findNodeVersionProblem(process.versions.node);
  if (problem === undefined) return ok('Node.js', process.versions.node);
  return { name: 'Node.js', state: 'missing', found: process.versions.node, mend: problem };
}

async function checkManagedPython(): Promise<CheckResult> {
  try {
    return ok('Python', managedPython().python);
  } catch (error) {
    return { name: 'Python', state: 'missing', found: 'no managed environment', mend: messageOf(error) };
  }
}

async function checkTrainingPython({ configuration }: CommandContext): Promise<CheckResult> {
  const name = 'training Python';
  const { python } = configuration;
  if (python === null) return ok(name, 'the managed one (numpy, scikit-learn)');
  try {
    const { stdout } = await run(python, ['-I', '--version'], { timeout: 10_000 });
    return ok(name, `${python}, ${stdout.trim()}`);
  } catch {
    return {
      name,
      state: 'missing',
      found: `${python} does not run`,
      mend: 'Point LONGRUN_PYTHON at a Python 3.10 or newer.',
    };
  }
}

async function checkTemporalCli({ temporal }: CommandContext): Promise<CheckResult> {
  const name = 'Temporal CLI';
  if (temporal.isExternal) return ok(name, 'not needed, the environment names a server');
  try {
    return ok(name, findTemporalCli(process.env));
  } catch (error) {
    return { name, state: 'missing', found: 'none', mend: messageOf(error) };
  }
}

async function checkTemporalServer(context: CommandContext): Promise<CheckResult> {
  const name = 'Temporal server';
  const { address, namespace, isExternal } = context.temporal;
  try {
    await withClient(context, assertNamespace);
    return ok(name, `answers at ${address} for the namespace ${namespace}`);
  } catch (error) {
    const found = `none that can be used at ${address}`;
    return { name, state: isExternal ? 'missing' : 'warning', found, mend: messageOf(error) };
  }
}

async function checkGpus(): Promise<CheckResult> {
  const { devices, problem } = await findDevices();
  if (devices.length > 0) return ok('GPU', devices.map(({ name }) => name).join(', '));
  const mend = 'Trainings run on the CPU. With a GPU in this machine, see why `nvidia-smi` does not answer.';
  return { name: 'GPU', state: 'warning', found: problem ?? 'none', mend };
}

async function checkSandbox({ configuration }: CommandContext): Promise<CheckResult> {
  const name = 'sandbox';
  try {
    const sandbox = await openConfiguredSandbox(configuration);
    if (sandbox.kind === 'bubblewrap') return ok(name, sandbox.bubblewrap);
    if (sandbox.kind === 'unavailable') return { name, state: 'missing', found: sandbox.reason, mend: sandboxMend() };
  } catch (error) {
    return { name, state: 'missing', found: 'cannot be tried', mend: messageOf(error) };
  }
  const mend = 'Generated scripts run with your rights: use a machine, a container or a user of their own for them.';
  return { name, state: 'warning', found: 'off, as LONGRUN_SANDBOX says', mend };
}

async function checkModel({ configuration: { languageModels } }: CommandContext): Promise<CheckResult> {
  const name = 'language model';
  const found = describeModels(languageModels);
  const catalogue = createModelCatalogue(languageModels);
  const problems = catalogue.problemsOf({}, { hasMoneyBudget: false, roles: modelRoleSchema.options });
  if (problems.length === 0) return ok(name, found);
  return { name, state: 'warning', found, mend: `${problems.join('; ')}.` };
}

async function checkWebhook({ configuration: { webhook } }: CommandContext): Promise<CheckResult> {
  return ok('webhook', webhook === null ? 'none, nobody is told' : `to ${new URL(webhook.url).host}, signed`);
}

async function checkArtifacts({ configuration }: CommandContext): Promise<CheckResult> {
  const name = 'artifacts';
  try {
    await localArtifactStore(configuration.artifactRoot).assertWritable();
    return ok(name, configuration.artifactRoot);
  } catch (error) {
    return { name, state: 'missing', found: configuration.artifactRoot, mend: messageOf(error) };
  }
}

const leastFreeGigabytes = 5;

async function checkDisk({ configuration }: CommandContext): Promise<CheckResult> {
  await mkdir(configuration.stateFolder, { recursive: true });
  const { bavail, bsize } = await statfs(configuration.stateFolder);
  const gigabytes = Math.floor((bavail * bsize) / 2 ** 30);
  const found = `${gigabytes} GB free for ${configuration.stateFolder}`;
  if (gigabytes >= leastFreeGigabytes) return ok('disk', found);
  return {
    name: 'disk',
    state: 'warning',
    found,
    mend: `Free some space: checkpoints and logs want ${leastFreeGigabytes} GB at least.`,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
