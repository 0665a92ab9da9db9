import { setTimeout as sleep } from 'node:timers/promises';
import { checkDefaultNamespace } from './default-namespace.ts';
import { fillInFreePorts, findTakenPort } from './local-ports.ts';
import { openStateFolder, readLockHolder, readServerRecord, writeServerRecord } from './server-files.ts';
import type { ServerFiles, ServerRecord } from './server-files.ts';
import { isLockHeld, launchServer, type ServerProcess } from './server-process.ts';

const startMilliseconds = 30_000;
const pollMilliseconds = 50;

export interface DevelopmentServerOptions {
  /** Where the database, the lock and the log are; made when missing. */
  stateFolder: string;
  /** 0 for a free one, as for uiPort. Both count only when a server has to be started. */
  port: number;
  uiPort: number;
}

export interface DevelopmentServer extends ServerRecord {
  /** False when the server of this state folder was running already. */
  wasStarted: boolean;
  /** Ends the server and waits for its end. Does nothing to one that was running already. */
  stop(): Promise<void>;
}

/**
 * Starts Temporal's development server on the state folder's database, on 127.0.0.1 only, or returns the one that already
 * serves it (two servers on one database would corrupt it, and the server itself does not look). The server is detached
 * from our terminal: it ends by `stop()`, not by Ctrl-C and not with us. Throws when a port is taken and when the server
 * does not answer within 30 seconds.
 */
export async function startDevelopmentServer(options: DevelopmentServerOptions): Promise<DevelopmentServer> {
  const files = await openStateFolder(options.stateFolder);
  for (;;) {
    const server = (await joinRunningServer(files)) ?? (await startOwnServer(files, options));
    if (server !== undefined) return server;
  }
}

/** Undefined when nobody holds the lock. A server that is just starting is waited for. */
async function joinRunningServer(files: ServerFiles): Promise<DevelopmentServer | undefined> {
  const deadline = Date.now() + startMilliseconds;
  let lastProblem: unknown;
  while (await isLockHeld(files)) {
    const holder = await readLockHolder(files);
    const record = await readServerRecord(files);
    if (record !== undefined && record.pid === holder) {
      lastProblem = await findProblem(record.address);
      if (lastProblem === undefined) return { ...record, wasStarted: false, stop: async () => {} };
    }
    if (Date.now() > deadline) {
      const server = `The Temporal server that holds ${files.lock} (process ${holder})`;
      throw new Error(`${server} does not answer: end it and start again.`, { cause: lastProblem });
    }
    await sleep(pollMilliseconds);
  }
  return undefined;
}

/** Undefined when another start was quicker to take the lock, or a port that was picked here as free. */
async function startOwnServer(
  files: ServerFiles,
  options: DevelopmentServerOptions,
): Promise<DevelopmentServer | undefined> {
  const [port, uiPort] = (await fillInFreePorts([options.port, options.uiPort])) as [number, number];
  const takenPort = await findTakenPort([port, uiPort]);
  if (takenPort !== undefined) {
    // By the time that a server of ours has taken a port it holds the lock.
    if (await isLockHeld(files)) return undefined;
    throw new Error(`Port ${takenPort} of 127.0.0.1 is taken by another program: end that one or choose another port.`);
  }
  const server = await launchServer({ files, port, uiPort });
  const record = { address: `127.0.0.1:${port}`, ui: `http://127.0.0.1:${uiPort}`, pid: server.pid };
  try {
    if (!(await takesTheLock(server, files))) return undefined;
    // Before it answers: should we die now, the next start still finds the server that goes on without us.
    await writeServerRecord(files, record);
    await untilItAnswers(server, record.address);
  } catch (error) {
    if (await hasLostPickedPort(server, options)) return undefined;
    throw error;
  }
  return { ...record, wasStarted: true, stop: () => server.stop() };
}

/** Between the picking of a free port and its use others may take it. */
async function hasLostPickedPort(server: ServerProcess, { port, uiPort }: DevelopmentServerOptions): Promise<boolean> {
  const isPicked = port === 0 || uiPort === 0;
  return isPicked && server.hasExited() && /address already in use/.test(await server.recentLog());
}

async function takesTheLock(server: ServerProcess, files: ServerFiles): Promise<boolean> {
  while ((await readLockHolder(files)) !== server.pid) {
    if (server.wasRefusedTheLock()) return false;
    await refuseExited(server);
    await sleep(pollMilliseconds);
  }
  return true;
}

async function untilItAnswers(server: ServerProcess, address: string): Promise<void> {
  const deadline = Date.now() + startMilliseconds;
  for (;;) {
    await refuseExited(server);
    const problem = await findProblem(address);
    if (problem === undefined) return;
    if (Date.now() > deadline) {
      await server.stop();
      const log = await server.recentLog();
      throw new Error(`The Temporal server did not answer within 30 seconds:\n${log}`, { cause: problem });
    }
    await sleep(pollMilliseconds);
  }
}

async function refuseExited(server: ServerProcess): Promise<void> {
  if (!server.hasExited()) return;
  throw new Error(`The Temporal server ended while starting:\n${await server.recentLog()}`);
}

async function findProblem(address: string): Promise<unknown> {
  try {
    await checkDefaultNamespace(address);
    return undefined;
  } catch (error) {
    return error;
  }
}
