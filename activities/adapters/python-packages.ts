import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { putFile } from './put-file.ts';
import { failureOfHost, runUv, troubleWithUv } from './run-uv.ts';

const run = promisify(execFile);

/** What can install packages on this host, and where it keeps what it has installed. */
export interface PackageInstaller {
  uv: string;
  /** The interpreter of trainings: its packages stay visible beneath the installed ones. */
  python: string;
  /** One environment for each lock; they are read-only for trainings and shared by all of them. */
  folder: string;
}

/** `unreachable`: no index answered, which may be better in a minute, or never on a host without a network. */
export type LockResult = { kind: 'locked'; lock: string } | { kind: 'refused' | 'unreachable'; reason: string };

const lockMilliseconds = 5 * 60_000;
const installMilliseconds = 25 * 60_000;
const compileMilliseconds = 10 * 60_000;

/**
 * Exact versions and hashes for the requirements, as a requirements file; what is installed beneath keeps its version.
 * Only wheels are considered: to build a package is to run its code. Throws a retryable failure where the host is at
 * fault, such as a full disk.
 */
export async function lockPackages(installer: PackageInstaller, requirements: string[]): Promise<LockResult> {
  try {
    return { kind: 'locked', lock: await compileLock(installer, requirements) };
  } catch (error) {
    const { kind, reason } = troubleWithUv(error);
    if (kind === 'refused' || kind === 'unreachable') return { kind, reason };
    throw failureOfHost({ kind, reason }, installer.folder);
  }
}

async function compileLock({ uv, python, folder }: PackageInstaller, requirements: string[]): Promise<string> {
  const place = join(folder, `lock-${randomUUID()}`);
  const [wanted, constraints] = [join(place, 'requirements.in'), join(place, 'constraints.txt')];
  await mkdir(place, { recursive: true });
  try {
    await writeFile(wanted, `${requirements.join('\n')}\n`);
    await writeFile(constraints, await runUv(uv, ['pip', 'freeze', '--python', python]));
    const flags = ['--generate-hashes', '--no-header', '--no-annotate', '--no-build', '--constraints', constraints];
    return await runUv(uv, ['pip', 'compile', ...flags, '--python', python, wanted], lockMilliseconds);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** The interpreter of the environment with exactly this lock's packages; null while it is not installed here. */
export function installedEnvironment(installer: PackageInstaller, lock: string): string | null {
  const environment = environmentFolder(installer, lock);
  return existsSync(join(environment, 'complete')) ? join(environment, 'bin', 'python') : null;
}

const installing = new Map<string, Promise<void>>();

/**
 * Installs what the lock says unless it is there, and returns the interpreter, which must be started in the sandbox
 * only: packages can bring code that runs with every start of it. One installation of a lock at a time in this process.
 */
export async function installLockedPackages(installer: PackageInstaller, lock: string): Promise<string> {
  const environment = environmentFolder(installer, lock);
  let current = installing.get(environment);
  if (current === undefined && installedEnvironment(installer, lock) === null) {
    current = install(installer, lock, environment).finally(() => installing.delete(environment));
    installing.set(environment, current);
  }
  await current;
  return join(environment, 'bin', 'python');
}

/**
 * Everything is done in a new folder and then renamed. uv starts the interpreter of an environment before it installs,
 * and so must meet none into which the uv of a killed worker still installs.
 */
async function install(installer: PackageInstaller, lock: string, environment: string): Promise<void> {
  const { uv, python, folder } = installer;
  const unfinished = `${environment}.unfinished-`;
  const fresh = `${unfinished}${randomUUID()}`;
  const lockFile = `${environment}.txt`;
  try {
    await mkdir(folder, { recursive: true });
    await removeAll(folder, basename(unfinished));
    await putFile(lockFile, lock);
    await runUv(uv, ['venv', '--no-project', '--relocatable', '--python', python, fresh]);
    const flags = ['--require-hashes', '--no-build', '--no-compile-bytecode'];
    const interpreter = join(fresh, 'bin', 'python');
    await runUv(uv, ['pip', 'sync', '--python', interpreter, ...flags, lockFile], installMilliseconds);
    const { base, own } = await siteFolders(python, fresh);
    // A path file: what is not found in the new environment is found in the one that trainings have anyway.
    await putFile(join(own, 'beneath.pth'), `${base}\n`);
    await compileToBytecode(python, own);
    await putFile(join(fresh, 'complete'), '');
    await rm(environment, { recursive: true, force: true });
    await rename(fresh, environment);
  } catch (error) {
    throw failureOfHost(troubleWithUv(error), folder);
  }
}

/** What killed workers have left. */
async function removeAll(folder: string, prefix: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
}

/** Named by content and interpreter: the same lock is installed once, for whichever experiment. */
function environmentFolder({ folder, python }: PackageInstaller, lock: string): string {
  return join(folder, createHash('sha256').update(`${python}\n${lock}`).digest('hex').slice(0, 24));
}

const foldersSchema = z.object({ base: z.string(), own: z.string() });
const foldersScript = `
import json, sys, sysconfig
prefix = {"base": sys.argv[1], "platbase": sys.argv[1]}
own = sysconfig.get_path("purelib", "posix_prefix", prefix)
print(json.dumps({"base": sysconfig.get_path("purelib"), "own": own}))
`;

/** Where the packages of the interpreter lie, and those of an environment that was made from it. */
async function siteFolders(basePython: string, environment: string): Promise<z.infer<typeof foldersSchema>> {
  const { stdout } = await run(basePython, ['-I', '-c', foldersScript, environment], { timeout: 60_000 });
  return foldersSchema.parse(JSON.parse(stdout));
}

/**
 * By the interpreter beneath, to which the new packages are mere text; done once here, since a sandbox could not keep
 * what it compiles. What cannot be compiled, or not in time, is left for whoever imports it.
 */
async function compileToBytecode(basePython: string, folder: string): Promise<void> {
  const commandLine = ['-I', '-S', '-m', 'compileall', '-qq', '-j', '0', folder];
  try {
    await run(basePython, commandLine, { timeout: compileMilliseconds });
  } catch (error) {
    const { code, killed } = error as { code?: unknown; killed?: boolean };
    if (code !== 1 && killed !== true) throw error;
  }
}
