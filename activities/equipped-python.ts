import { existsSync } from 'node:fs';
import { ApplicationFailure } from '@temporalio/activity';
import { failureType } from '../workflows/domain/failure-type.ts';
import { installedEnvironment } from './adapters/python-packages.ts';
import { dataFolder } from './data-place.ts';
import type { HostDependencies } from './dependencies.ts';
import type { ExecutionRequest } from './execution-request.ts';

/**
 * The interpreter with the packages that the script has declared. Throws `Execution.NotEquipped` where packages or
 * fetched data are not on this host yet, which was given a training that another host had prepared.
 */
export async function equippedPython(
  { artifacts, host }: HostDependencies,
  request: ExecutionRequest,
): Promise<string> {
  const { experiment, lock, resources } = request;
  const text = lock === null ? null : await artifacts.folder(experiment.id).read(lock.path);
  const python = text === null ? host.python : installedEnvironment(host.installer, text);
  const missing = resources.data.filter(({ source }) => !existsSync(dataFolder(host, source)));
  if (python !== null && missing.length === 0) return python;
  const lacks = [...(python === null ? ['packages'] : []), ...missing.map(({ source }) => `data ${source.name}`)];
  throw ApplicationFailure.create({
    type: failureType.notEquipped,
    message: `${host.name} does not have ${lacks.join(', ')} yet.`,
    details: [{ host: host.name }],
  });
}
