import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExperimentIdentity } from '../../workflows/domain/trial.ts';
import type { ArtifactFolder } from '../adapters/artifact-store.ts';
import { executionFolder, executionPlace } from '../execution-place.ts';
import { trialFolder } from '../experiment-files.ts';
import type { ExecutionLog } from './execution-log.ts';

/** The files of one experiment: what was published, and the trainings of this machine. */
export interface ExperimentFiles {
  experiment: ExperimentIdentity;
  folder: ArtifactFolder;
  /** This machine's `LONGRUN_STATE`. */
  stateFolder: string;
}

/** The trials of which there is anything, in their order. */
export async function findTrials(files: ExperimentFiles): Promise<number[]> {
  const [published, here] = await Promise.all([
    files.folder.list('trials'),
    namesIn(dirname(controlOfTrial(files, 1))),
  ]);
  const numbers = [...published, ...here].flatMap((name) => /^(?:trial-)?(\d{3,})$/.exec(name)?.[1] ?? []);
  return [...new Set(numbers.map(Number))].toSorted((a, b) => a - b);
}

/** Whether the trial has been recorded: nothing of it runs any more. */
export async function isRecorded({ folder }: ExperimentFiles, trial: number): Promise<boolean> {
  return (await folder.list(trialFolder(trial))).includes('result.json');
}

/** The executions of a trial, rehearsals first; those that wait for a slot as well. */
export async function findExecutionLogs(files: ExperimentFiles, trial: number): Promise<ExecutionLog[]> {
  const [published, here] = await Promise.all([
    files.folder.list(trialFolder(trial)),
    namesIn(controlOfTrial(files, trial)),
  ]);
  const names = new Set([...published, ...here].filter((name) => /^(?:rehearsal|seed)-\d+$/.test(name)));
  const ordered = [...names].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const host = await nameOfThisHost(files.stateFolder);
  return await Promise.all(ordered.map((name) => findExecutionLog({ ...files, host }, trial, name)));
}

/**
 * What was accepted counts first, then what runs or has ended on this machine, unless a newer attempt was placed on
 * another one.
 */
async function findExecutionLog(
  { experiment, folder, stateFolder, host }: ExperimentFiles & { host: string | null },
  trial: number,
  name: string,
): Promise<ExecutionLog> {
  const target = executionFolder({ trial, name });
  const place = executionPlace({ stateFolder }, { experiment, trial, name });
  const common = { trial, name, place };
  const accepted = await folder.list(target);
  const digest = accepted.includes('digest.md') ? `${target}/digest.md` : null;
  const log = accepted.includes('log.txt') ? folder.localPath(`${target}/log.txt`) : null;
  if (accepted.includes('result.json')) return { ...common, state: 'ended', file: log, digest, otherHost: null };

  const output = existsSync(place.output) ? place.output : null;
  const attempt = await newestAttempt(folder, target);
  if (existsSync(place.control) && (attempt === null || attempt.host === host)) {
    const state = existsSync(join(place.control, 'exit.json')) ? 'ended' : 'running';
    return { ...common, state, file: output, digest: null, otherHost: null };
  }
  if (attempt === null) return { ...common, state: 'ended', file: log, digest, otherHost: null };
  const isPublished = attempt.files.includes('log.txt');
  return {
    ...common,
    state: attempt.files.includes('result.json') ? 'ended' : 'running',
    file: isPublished ? folder.localPath(`${attempt.path}/log.txt`) : log,
    digest: attempt.files.includes('digest.md') ? `${attempt.path}/digest.md` : digest,
    otherHost: attempt.host,
  };
}

interface Attempt {
  path: string;
  host: string;
  files: string[];
}

/** Of a host that was given up the attempt has a lower number. */
async function newestAttempt(folder: ArtifactFolder, target: string): Promise<Attempt | null> {
  const attempts = (await folder.list(`${target}/attempts`)).flatMap((name) => {
    const [, number, host] = /^(\d+)-(.+)$/.exec(name) ?? [];
    return host === undefined ? [] : [{ number: Number(number), host, path: `${target}/attempts/${name}` }];
  });
  const newest = attempts.toSorted((a, b) => b.number - a.number)[0];
  return newest === undefined ? null : { ...newest, files: await folder.list(newest.path) };
}

function controlOfTrial({ experiment, stateFolder }: ExperimentFiles, trial: number): string {
  return dirname(executionPlace({ stateFolder }, { experiment, trial, name: 'any' }).control);
}

async function nameOfThisHost(stateFolder: string): Promise<string | null> {
  const text = await unlessAbsent(readFile(join(stateFolder, 'host'), 'utf8'));
  return text === null ? null : text.trim();
}

async function namesIn(folder: string): Promise<string[]> {
  return (await unlessAbsent(readdir(folder))) ?? [];
}

async function unlessAbsent<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
