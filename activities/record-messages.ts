import type { PersonMessage } from '../workflows/domain/person-message.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import type { ExperimentDependencies } from './dependencies.ts';
import { messagePath } from './experiment-files.ts';

export interface RecordMessagesInput {
  experiment: ExperimentIdentity;
  /** The number of the first of `messages`. */
  from: number;
  messages: PersonMessage[];
}

/** Puts what people said on disk, a file a message. A retry writes the same files again. */
export async function recordMessages({ artifacts }: ExperimentDependencies, input: RecordMessagesInput): Promise<void> {
  const folder = artifacts.folder(input.experiment.id);
  for (const [index, message] of input.messages.entries()) {
    await folder.write(messagePath(input.from + index), `${JSON.stringify(message, null, 2)}\n`);
  }
}
