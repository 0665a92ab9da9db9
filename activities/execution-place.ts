import { join } from 'node:path';
import { paddedNumber, type ExperimentIdentity } from '../workflows/domain/trial.ts';
import type { Host } from './adapters/host.ts';

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
}

/** This host's folders tell a model nothing, and would differ on the next host: in a text they are cut. */
export function withoutWorkFolder(text: string, { work }: ExecutionPlace): string {
  return text.replaceAll(`${work}/`, '');
}

/** The run id is in the path, so that an experiment never meets the leftovers of another one with its id. */
export function executionPlace(host: Host, { experiment, trial, name }: ExecutionName): ExecutionPlace {
  const owner = `${experiment.id}+${experiment.runId.slice(0, 8)}`;
  const path = join(owner, `trial-${paddedNumber(trial)}`, name);
  const control = join(host.stateFolder, 'control', path);
  return { control, work: join(host.stateFolder, 'work', path), output: join(control, 'output.log') };
}
