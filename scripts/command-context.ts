import type { Client } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { readConfiguration, type Configuration } from '../workers/configuration.ts';
import { connectToTemporal, locateTemporal, type TemporalLocation } from './temporal-location.ts';
import { UserError } from './user-error.ts';

/** What every command begins with. */
export interface CommandContext {
  configuration: Configuration;
  temporal: TemporalLocation;
}

export function commandContext(environment: NodeJS.ProcessEnv = process.env): CommandContext {
  try {
    const configuration = readConfiguration(environment);
    return { configuration, temporal: locateTemporal(environment, configuration.stateFolder) };
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}

/** Connects, does something, and closes the connection whatever happens. A namespace that is not there is the person's. */
export async function withClient<T>({ temporal }: CommandContext, act: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectToTemporal(temporal);
  try {
    return await act(client);
  } catch (error) {
    if (!(error instanceof NamespaceNotFoundError)) throw error;
    const where = `no namespace ${error.namespace} on ${temporal.address}`;
    const setting = temporal.isExternal ? 'TEMPORAL_NAMESPACE or the Temporal config file' : 'TEMPORAL_NAMESPACE';
    throw new UserError(`There is ${where}: check ${setting}.`);
  } finally {
    await client.connection.close();
  }
}
