import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import type { PreparedData } from '../workflows/domain/placement.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import { withHeartbeat } from './adapters/heartbeat.ts';
import { installLockedPackages } from './adapters/python-packages.ts';
import type { HostDependencies } from './dependencies.ts';
import { prepareData } from './prepare-data.ts';

export interface EquipHostInput {
  experiment: ExperimentIdentity;
  lock: ArtifactReference | null;
  data: PreparedData[];
}

/**
 * Gives this very host what a training needs that another host was prepared for: the packages of its lock, and the
 * data sets that are fetched.
 */
export async function equipHost(dependencies: HostDependencies, input: EquipHostInput): Promise<void> {
  const { experiment, lock, data } = input;
  if (lock !== null) {
    const text = await dependencies.artifacts.folder(experiment.id).read(lock.path);
    await withHeartbeat({ installing: lock.path }, () => installLockedPackages(dependencies.host.installer, text));
  }
  await prepareData(dependencies, { experiment, data: data.map(({ source }) => source) });
}
