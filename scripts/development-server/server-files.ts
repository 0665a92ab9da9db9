import { mkdir, readFile, rename, open } from 'node:fs/promises';
import path from 'node:path';

/** The files of one development server in its state folder. */
export interface ServerFiles {
  folder: string;
  database: string;
  /** Locked by the server for as long as it lives; holds its process id. */
  lock: string;
  /** A ServerRecord. It can be a leftover, or of a server that does not answer yet: it counts if its pid holds the lock. */
  record: string;
  log: string;
}

export interface ServerRecord {
  /** host:port of the gRPC frontend */
  address: string;
  /** URL of the Web UI */
  ui: string;
  pid: number;
}

export async function openStateFolder(stateFolder: string): Promise<ServerFiles> {
  const folder = path.resolve(stateFolder);
  await mkdir(folder, { recursive: true });
  return {
    folder,
    database: path.join(folder, 'temporal.db'),
    lock: path.join(folder, 'temporal.lock'),
    record: path.join(folder, 'temporal.json'),
    log: path.join(folder, 'temporal-server.log'),
  };
}

/** The process that holds or last held the lock; undefined when there never was one or it is just taking it. */
export async function readLockHolder(files: ServerFiles): Promise<number | undefined> {
  const text = await readIfThere(files.lock);
  return text ? Number(text) : undefined;
}

export async function readServerRecord(files: ServerFiles): Promise<ServerRecord | undefined> {
  const text = await readIfThere(files.record);
  return text === undefined ? undefined : (JSON.parse(text) as ServerRecord);
}

export async function writeServerRecord(files: ServerFiles, record: ServerRecord): Promise<void> {
  const temporary = `${files.record}.${process.pid}`;
  const file = await open(temporary, 'w');
  await file.writeFile(`${JSON.stringify(record)}\n`);
  await file.sync();
  await file.close();
  await rename(temporary, files.record);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
