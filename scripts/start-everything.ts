import { join } from 'node:path';
import { localArtifactStore } from '../activities/adapters/local-artifact-store.ts';
import { runAllWorkers } from '../workers/run-all-workers.ts';
import { withClient, type CommandContext } from './command-context.ts';
import { startDevelopmentServer, type DevelopmentServer } from './development-server/development-server.ts';
import { locateTemporal, temporalEnvironment } from './temporal-location.ts';
import { toUserError } from './to-user-error.ts';
import { UserError } from './user-error.ts';

export interface Everything {
  context: CommandContext;
  stop(): Promise<void>;
}

export interface EverythingOptions {
  port: number;
  uiPort: number;
  environment?: NodeJS.ProcessEnv;
  /** Resolves when the person wants an end: then what is not ready yet is not waited for. */
  interrupted: Promise<void>;
}

/** The server, unless there is one already, and all workers. Resolves when each of them polls. */
export async function startEverything(context: CommandContext, options: EverythingOptions): Promise<Everything> {
  const { port, uiPort, interrupted, environment = process.env } = options;
  const { configuration } = context;
  await assertWritable(configuration.artifactRoot);
  const server = context.temporal.isExternal ? null : await startServer(configuration.stateFolder, port, uiPort);
  try {
    const temporal = locateTemporal(environment, configuration.stateFolder);
    const everything = { configuration, temporal };
    await withClient(everything, async () => undefined);
    const logFolder = join(configuration.stateFolder, 'logs');
    const workers = runAllWorkers({
      environment: { ...environment, ...temporalEnvironment(temporal) },
      logFolder,
      onRestart: (kind, reason) =>
        process.stderr.write(
          `The ${kind} worker ended (${reason}) and is started again; its log: ${join(logFolder, `${kind}.log`)}\n`,
        ),
    });
    const stop = async (): Promise<void> => {
      await workers.stop();
      await server?.stop();
    };
    const isReady = await Promise.race([workers.ready.then(() => true), interrupted.then(() => false)]);
    if (!isReady) {
      await workers.stop();
      throw new UserError('Stopped before every worker was ready.');
    }
    return { context: everything, stop };
  } catch (error) {
    await server?.stop();
    throw error;
  }
}

async function assertWritable(root: string): Promise<void> {
  try {
    await localArtifactStore(root).assertWritable();
  } catch (error) {
    throw new UserError(`Experiments cannot be stored: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function startServer(stateFolder: string, port: number, uiPort: number): Promise<DevelopmentServer> {
  try {
    return await startDevelopmentServer({ stateFolder, port, uiPort });
  } catch (error) {
    throw toUserError(error) ?? new UserError(error instanceof Error ? error.message : String(error));
  }
}
