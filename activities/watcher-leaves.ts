import { ApplicationFailure } from '@temporalio/activity';
import { failureType } from '../workflows/domain/failure-type.ts';
import type { Watched } from './watched.ts';

/** It says where the training is, so that the workflow looks for it there. */
export function watcherLeaves({ dependencies }: Watched, message: string): ApplicationFailure {
  const { name } = dependencies.host;
  return ApplicationFailure.create({ type: failureType.watcherShutDown, message, details: [{ host: name }] });
}
