import { existsSync } from 'node:fs';
import { ApplicationFailure } from '@temporalio/activity';
import { failureType } from '../workflows/domain/failure-type.ts';
import type { DataSource, PreparedData } from '../workflows/domain/placement.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import { fingerprint } from './adapters/fingerprint.ts';
import { withHeartbeat } from './adapters/heartbeat.ts';
import { dataFolder } from './data-place.ts';
import type { HostDependencies } from './dependencies.ts';
import { fetchData } from './fetch-data.ts';
import { assertSandboxed } from './sandbox-spec.ts';

export interface PrepareDataInput {
  experiment: ExperimentIdentity;
  data: DataSource[];
}

/**
 * Makes every data set of an experiment present on this host and takes its fingerprint: what a person's script
 * fetches is fetched, what is to lie at a path must lie there. Throws `InvalidInput` where it does not.
 */
export async function prepareData(
  { artifacts, host }: HostDependencies,
  { experiment, data }: PrepareDataInput,
): Promise<PreparedData[]> {
  await assertSandboxed(host);
  const folder = artifacts.folder(experiment.id);
  return await withHeartbeat({ preparing: data.map(({ name }) => name).join(', ') }, async () => {
    const prepared: PreparedData[] = [];
    for (const source of data) {
      if ('script' in source) await fetchData(host, source, await folder.read(source.script.path));
      const path = dataFolder(host, source);
      if (!existsSync(path)) throw missingData(source.name, path);
      prepared.push({ source, fingerprint: await fingerprint(path) });
    }
    return prepared;
  });
}

function missingData(name: string, path: string): ApplicationFailure {
  const problem = `data: there is no ${path} (${name}) on the training host`;
  return ApplicationFailure.create({
    type: failureType.invalidInput,
    message: `The input is not valid: ${problem}.`,
    nonRetryable: true,
    details: [[problem]],
  });
}
