import { join } from 'node:path';
import { paddedNumber, type ExperimentIdentity } from '../workflows/domain/trial.ts';
import type { Host } from './adapters/host.ts';
import { trialFolder } from './experiment-files.ts';

/** Which execution of which trial: `seed-0`, `rehearsal-2`. */
export interface ExecutionName {
  experiment: ExperimentIdentity;
  trial: number;
  name: string;
}

export interface ExecutionPlace {
  /** Lock, records and output: outside of what the script may write. */
  control: string;
  /** The script's own folder. */
  work: string;
  output: string;
  metrics: string;
}

/** Where a script sees its own folder when it runs in the sandbox. */
export const sandboxWorkFolder = '/work';

/** The folder as the script sees it. */
export function workFolderOfScript(host: Host, { work }: ExecutionPlace): string {
  return host.sandbox.kind === 'bubblewrap' ? sandboxWorkFolder : work;
}

/** A host's folders tell a model nothing, and would differ on the next host: in a text they are cut. */
export function withoutWorkFolder(text: string, { work }: ExecutionPlace): string {
  return text.replaceAll(`${work}/`, '').replace(/(?<![\w./-])\/work\//g, '');
}

/** The run id is in the path, so that an experiment never meets the leftovers of another one with its id. */
export function executionPlace(
  host: Pick<Host, 'stateFolder'>,
  { experiment, trial, name }: ExecutionName,
): ExecutionPlace {
  const owner = `${experiment.id}+${experiment.runId.slice(0, 8)}`;
  const path = join(owner, `trial-${paddedNumber(trial)}`, name);
  const [control, work] = [join(controlRoot(host), path), join(host.stateFolder, 'work', path)];
  return { control, work, output: join(control, 'output.log'), metrics: join(work, 'metrics.jsonl') };
}

export function controlRoot({ stateFolder }: Pick<Host, 'stateFolder'>): string {
  return join(stateFolder, 'control');
}

/** The folder of an execution among the artifacts: what the workflow has accepted lies there. */
export function executionFolder({ trial, name }: Pick<ExecutionName, 'trial' | 'name'>): string {
  return `${trialFolder(trial)}/${name}`;
}

/** The file among the artifacts that says: a person has paused this execution. */
export function pauseMarker(name: Pick<ExecutionName, 'trial' | 'name'>): string {
  return `${executionFolder(name)}/paused`;
}

/**
 * Every placement on a host publishes into a folder of its own. What a host that was given up publishes late lies
 * beside what counts, never in its place.
 */
export function attemptFolder(name: Pick<ExecutionName, 'trial' | 'name'>, placement: number, host: string): string {
  return `${executionFolder(name)}/attempts/${placement}-${host}`;
}
