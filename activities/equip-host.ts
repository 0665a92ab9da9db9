import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
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
 * data sets that are fetched. Throws `Execution.HostLacksData` where it cannot have them: the training is then for
 * another host.
 */
export async function equipHost(dependencies: HostDependencies, input: EquipHostInput): Promise<void> {
  try {
    await equip(dependencies, input);
  } catch (error) {
    if (!isFinal(error)) throw error;
    const { name } = dependencies.host;
    throw ApplicationFailure.create({
      type: failureType.hostLacksData,
      message: `${name} cannot be given what the training needs: ${String(error)}`,
      nonRetryable: true,
      details: [{ host: name }],
    });
  }
}

const mostAttempts = 3;

/** An index or a source that does not answer three times is out of reach of this host. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ApplicationFailure)) return false;
  const isOutOfReach = error.type === failureType.packagesUnavailable || error.type === failureType.dataUnavailable;
  return error.nonRetryable === true || (isOutOfReach && Context.current().info.attempt >= mostAttempts);
}

async function equip({ artifacts, host }: HostDependencies, { experiment, lock, data }: EquipHostInput): Promise<void> {
  if (lock !== null) {
    const text = await artifacts.folder(experiment.id).read(lock.path);
    await withHeartbeat({ installing: lock.path }, () => installLockedPackages(host.installer, text));
  }
  const sources = data.map(({ source }) => source);
  const here = await prepareData({ artifacts, host }, { experiment, data: sources });
  for (const [index, { source, fingerprint }] of here.entries()) {
    assertSame(source.name, data[index]?.fingerprint, fingerprint);
  }
}

type Fingerprint = PreparedData['fingerprint'];

/** Trials on other data could not be compared. Of what was only listed the times differ from host to host. */
function assertSame(name: string, wanted: Fingerprint | undefined, found: Fingerprint): void {
  if (wanted?.of !== 'content' || wanted.sha256 === found.sha256) return;
  throw ApplicationFailure.nonRetryable(
    `the data set ${name} here is not the one that the experiment was begun on`,
    failureType.dataDiffers,
  );
}
