import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { externalTemporal } from './development-server/external-temporal.ts';
import { UserError } from './user-error.ts';

/** Where Temporal is, as seen by every command. */
export interface TemporalLocation {
  /** Somebody else's server, named by the environment or a config file; else the one that `longrun up` starts. */
  isExternal: boolean;
  address: string;
  namespace: string;
  /** The Web UI, where it is known. */
  ui: string | null;
}

export const defaultPort = 7233;
export const defaultUiPort = 8233;

export function locateTemporal(environment: NodeJS.ProcessEnv, stateFolder: string): TemporalLocation {
  if (externalTemporal(environment)) {
    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
    return { isExternal: true, address: connectionOptions?.address ?? '127.0.0.1:7233', namespace, ui: null };
  }
  const record = serverRecord(stateFolder);
  return {
    isExternal: false,
    address: record?.address ?? `127.0.0.1:${defaultPort}`,
    namespace: environment['TEMPORAL_NAMESPACE'] || 'default',
    ui: record?.ui ?? `http://127.0.0.1:${defaultUiPort}`,
  };
}

const serverRecordSchema = z.object({ address: z.string(), ui: z.string() });

/** What the development server of this state folder wrote when it started; it may be a leftover. */
function serverRecord(stateFolder: string): z.infer<typeof serverRecordSchema> | null {
  try {
    return serverRecordSchema.parse(JSON.parse(readFileSync(join(stateFolder, 'temporal.json'), 'utf8')));
  } catch {
    return null; // Never started here: the default address is the best guess.
  }
}

/** For child processes: the same server, whatever their own environment says. */
export function temporalEnvironment({ isExternal, address, namespace }: TemporalLocation): NodeJS.ProcessEnv {
  return isExternal ? {} : { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}

/** Throws a UserError when nobody answers within five seconds. The caller closes the connection. */
export async function connectToTemporal(location: TemporalLocation): Promise<Client> {
  const external = location.isExternal ? loadClientConnectConfig().connectionOptions : undefined;
  try {
    const connection = await Connection.connect({
      ...(external ?? { address: location.address }),
      connectTimeout: '5s',
    });
    return new Client({ connection, namespace: location.namespace });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    const mend = location.isExternal
      ? 'check TEMPORAL_ADDRESS or the Temporal config file'
      : 'start it with `npx longrun up`';
    throw new UserError(`Temporal cannot be reached at ${location.address} (${reason}): ${mend}.`);
  }
}

const notFound = 5;

/** Throws what a command that needs the namespace throws, too: a connection alone is no proof of it. */
export async function assertNamespace({ workflowService, options: { namespace } }: Client): Promise<void> {
  try {
    await workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    const code: number = error.code;
    if (code === notFound) throw new NamespaceNotFoundError(namespace);
    throw new ServiceError('The namespace cannot be described', { cause: error });
  }
}

export function workflowLink({ ui, namespace }: TemporalLocation, workflowId: string): string | null {
  return ui === null ? null : `${ui}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
}
