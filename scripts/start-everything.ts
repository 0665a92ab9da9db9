import { join } from 'node:path';
import { localArtifactStore } from '../activities/adapters/local-artifact-store.ts';
import { runAllWorkers, type AllWorkers } from '../workers/run-all-workers.ts';
import { withClient, type CommandContext } from './command-context.ts';
import { startDevelopmentServer, type DevelopmentServer } from './development-server/development-server.ts';
import { lockWorkers } from './development-server/workers-lock.ts';
import { assertNamespace, locateTemporal, temporalEnvironment } from './temporal-location.ts';
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
  const { interrupted, environment = process.env } = options;
  const { configuration } = context;
  await assertWritable(configuration.artifactRoot);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each();
  };
  try {
    if (!context.temporal.isExternal) {
      stops.push(await lockWorkers(configuration.stateFolder));
      const server = await startServer(configuration.stateFolder, options);
      if (!server.wasStarted) process.stderr.write(joined(server));
      stops.push(() => server.stop());
    }
    const everything = { configuration, temporal: locateTemporal(environment, configuration.stateFolder) };
    await withClient(everything, assertNamespace);
    const workers = runWorkers(everything, environment);
    stops.push(() => workers.stop());
    const isReady = await Promise.race([workers.ready.then(() => true), interrupted.then(() => false)]);
    if (!isReady) throw new UserError('Stopped before every worker was ready.');
    return { context: everything, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** It may serve others. Where it was left behind by a start that was killed, somebody has to know that it is there. */
function joined({ pid, address }: DevelopmentServer): string {
  return `The Temporal server at ${address} (process ${pid}) runs already, and goes on when this ends.\n`;
}

function runWorkers({ configuration, temporal }: CommandContext, environment: NodeJS.ProcessEnv): AllWorkers {
  const logFolder = join(configuration.stateFolder, 'logs');
  return runAllWorkers({
    environment: { ...environment, ...temporalEnvironment(temporal) },
    logFolder,
    onRestart: (kind, reason) =>
      process.stderr.write(
        `The ${kind} worker ended (${reason}) and is started again; its log: ${join(logFolder, `${kind}.log`)}\n`,
      ),
  });
}

async function assertWritable(root: string): Promise<void> {
  try {
    await localArtifactStore(root).assertWritable();
  } catch (error) {
    throw new UserError(`Experiments cannot be stored: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Ports = Pick<EverythingOptions, 'port' | 'uiPort'>;

async function startServer(stateFolder: string, { port, uiPort }: Ports): Promise<DevelopmentServer> {
  try {
    return await startDevelopmentServer({ stateFolder, port, uiPort });
  } catch (error) {
    throw toUserError(error) ?? new UserError(error instanceof Error ? error.message : String(error));
  }
}
