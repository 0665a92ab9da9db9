import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { ApplicationFailure } from '@temporalio/activity';
import { failureType } from '../../workflows/domain/failure-type.ts';

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

/**
 * Exact versions and hashes for the requirements, as a requirements file; what is installed beneath keeps its version.
 * Only wheels are considered: to build a package is to run its code.
 */
export async function lockPackages(installer: PackageInstaller, requirements: string[]): Promise<LockResult> {
  const folder = join(installer.folder, `lock-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  try {
    const [wanted, constraints] = [join(folder, 'requirements.in'), join(folder, 'constraints.txt')];
    await writeFile(wanted, `${requirements.join('\n')}\n`);
    await writeFile(constraints, await installedPackages(installer));
    const flags = ['--generate-hashes', '--no-header', '--no-annotate', '--no-build', '--constraints', constraints];
    const { stdout } = await runUv(installer, ['pip', 'compile', ...flags, '--python', installer.python, wanted], {
      timeout: lockMilliseconds,
    });
    return { kind: 'locked', lock: stdout };
  } catch (error) {
    const reason = wordsOf(error);
    return { kind: networkPattern.test(reason) ? 'unreachable' : 'refused', reason };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The interpreter of the environment with exactly this lock's packages; null while it is not installed here. */
export function installedEnvironment({ folder }: PackageInstaller, lock: string): string | null {
  const environment = environmentFolder(folder, lock);
  return existsSync(join(environment, 'complete')) ? join(environment, 'bin', 'python') : null;
}

const installing = new Map<string, Promise<string>>();

/**
 * Installs what the lock says unless it is there, and returns the interpreter. Compiled once, since a sandbox could
 * not keep what it compiles. One installation of a lock at a time in this process.
 */
export async function installLockedPackages(installer: PackageInstaller, lock: string): Promise<string> {
  const present = installedEnvironment(installer, lock);
  if (present !== null) return present;
  const environment = environmentFolder(installer.folder, lock);
  const current = installing.get(environment) ?? install(installer, lock, environment);
  installing.set(environment, current);
  try {
    return await current;
  } finally {
    installing.delete(environment);
  }
}

async function install(installer: PackageInstaller, lock: string, environment: string): Promise<string> {
  const lockFile = `${environment}.txt`;
  await rm(environment, { recursive: true, force: true });
  await mkdir(installer.folder, { recursive: true });
  await writeFile(lockFile, lock);
  const python = join(environment, 'bin', 'python');
  try {
    await runUv(installer, ['venv', '--no-project', '--python', installer.python, environment], {});
    const flags = ['--require-hashes', '--no-build', '--compile-bytecode'];
    await runUv(installer, ['pip', 'sync', '--python', python, ...flags, lockFile], { timeout: installMilliseconds });
    await putBeneath(installer.python, python);
  } catch (error) {
    const message = `The packages of a lock could not be installed: ${wordsOf(error)}`;
    throw ApplicationFailure.create({ type: failureType.packagesUnavailable, message });
  }
  await writeFile(`${environment}.complete`, '');
  await rename(`${environment}.complete`, join(environment, 'complete'));
  return python;
}

/** Named by content and interpreter: the same lock is installed once, for whichever experiment. */
function environmentFolder(folder: string, lock: string): string {
  return join(folder, createHash('sha256').update(lock).digest('hex').slice(0, 24));
}

const foldersSchema = z.array(z.string());
const siteFoldersScript = 'import json, sysconfig; print(json.dumps([sysconfig.get_path("purelib")]))';

async function siteFolder(python: string): Promise<string> {
  const { stdout } = await run(python, ['-I', '-c', siteFoldersScript], { timeout: 60_000 });
  const [folder = ''] = foldersSchema.parse(JSON.parse(stdout));
  return folder;
}

/** A path file: what is not found in the new environment is found in the one that trainings have anyway. */
async function putBeneath(basePython: string, python: string): Promise<void> {
  const [base, own] = await Promise.all([siteFolder(basePython), siteFolder(python)]);
  await writeFile(join(own, 'beneath.pth'), `${base}\n`);
}

async function installedPackages(installer: PackageInstaller): Promise<string> {
  return (await runUv(installer, ['pip', 'freeze', '--python', installer.python], {})).stdout;
}

async function runUv({ uv }: PackageInstaller, commandLine: string[], { timeout = 60_000 }: { timeout?: number }) {
  const env = { ...process.env, UV_PYTHON_DOWNLOADS: 'never', UV_NO_PROGRESS: '1', NO_COLOR: '1', UV_NO_CONFIG: '1' };
  return await run(uv, commandLine, { env, timeout, maxBuffer: 16 * 2 ** 20 });
}

/** Words by which uv says that it did not reach an index, as against: reached it, and it has no such thing. */
const networkPattern = /error sending request|dns error|timed out|connection (refused|reset)|failed to fetch/i;

/** The end of what uv said. */
function wordsOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return (said === '' ? String(error) : said).slice(-1500);
}
