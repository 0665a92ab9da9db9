import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createRedactor, secretsOf, type Redactor } from '../activities/language-model/redactor.ts';
import { readConfiguration, type Configuration } from './configuration.ts';
import { installLogger } from './logger.ts';
import { redactFailures } from './redact-failures.ts';
import { secretsOfWebhook } from './webhook-settings.ts';

export interface WorkerPlan {
  /** What the process polls: the options of one Worker for each of its task queues. */
  workers: WorkerOptions[];
  /** What it does beside that until it is told to end. A rejection ends the process. */
  background?: Background;
}

export interface WorkerTools {
  logger: Logger;
  /** Knows the secrets of the environment, and the keys of all providers. */
  redactor: Redactor;
  /** The connection that its workers will have. Resolves when the server answers, however long that takes. */
  connect: () => Promise<Server>;
}

export interface Server {
  connection: NativeConnection;
  namespace: string;
}

export type Background = (surroundings: {
  client: Client;
  namespace: string;
  logger: Logger;
  signal: AbortSignal;
}) => Promise<void>;

/**
 * The life of one worker process: connect (however long that takes), poll, and leave gracefully on SIGTERM or when
 * the process that started it is gone. Exits with 1 when a worker fails, so that whoever watches it starts another.
 */
export async function runWorker(
  name: string,
  plan: (configuration: Configuration, tools: WorkerTools) => Promise<WorkerPlan>,
): Promise<void> {
  const secrets = secretsOf(process.env);
  let redactor = createRedactor(secrets);
  const logger = installLogger(name, { redact: (text) => redactor.redact(text) });
  try {
    const configuration = readConfiguration(process.env);
    redactor = createRedactor([...secrets, ...secretsIn(configuration)]);
    let server: Promise<Server> | undefined;
    const connect = (): Promise<Server> => (server ??= connectPatiently(logger));
    const { workers: options, background } = await plan(configuration, { logger, redactor, connect });
    const { connection, namespace } = await connect();
    const workers = await Promise.all(
      options.map((each) => Worker.create({ ...shared, ...withRedaction(each, redactor), connection, namespace })),
    );
    endWithParent();
    logger.info({ queues: options.map((each) => each.taskQueue) }, 'polling');
    const runs = Promise.all(workers.map((worker) => worker.run()));
    const ending = new AbortController();
    const client = new Client({ connection, namespace });
    const aside = background?.({ client, namespace, logger, signal: ending.signal });
    process.send?.({ kind: 'ready' });
    await Promise.race([runs, neverUnlessRejected(aside)]);
    ending.abort();
    await aside;
    await connection.close();
    process.exit(0);
  } catch (error) {
    // After a forced shutdown the SDK leaves the process alive with activities running, hence the exit.
    logger.fatal(error, 'the worker has failed');
    process.exit(1);
  }
}

const shared = {
  shutdownGraceTime: '3s',
  shutdownForceTime: '20s',
  maxHeartbeatThrottleInterval: '2s',
} satisfies Partial<WorkerOptions>;

/** The variable of a provider's key may have any name. */
function secretsIn({ languageModels, webhook }: Configuration): string[] {
  return [...languageModels.providers.flatMap(({ apiKey }) => apiKey ?? []), ...secretsOfWebhook(webhook)];
}

/** Outermost, so that it also redacts what other interceptors throw. */
function withRedaction(options: WorkerOptions, redactor: Redactor): WorkerOptions {
  const { interceptors } = options;
  const activity = [redactFailures(redactor), ...(interceptors?.activity ?? [])];
  return { ...options, interceptors: { ...interceptors, activity } };
}

/** The end of the background work is no end of the process; its failure is. */
async function neverUnlessRejected(work: Promise<void> | undefined): Promise<never> {
  await work;
  return await new Promise(() => undefined);
}

/** The native client gives up at once while the server is not there yet, so the waiting is done here. */
async function connectPatiently(logger: Logger): Promise<Server> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { connection: await NativeConnection.connect(connectionOptions ?? {}), namespace };
    } catch (error) {
      if (attempt % 30 === 1) logger.warn({ error: String(error), attempt }, 'Temporal cannot be reached yet');
      await delay(1000);
    }
  }
}

/** Started by `runAllWorkers` there is a channel to it; when it closes, nobody is left to stop this process. */
function endWithParent(): void {
  if (process.send !== undefined) process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
