import { statSync } from 'node:fs';
import { outputHole } from '../../activities/adapters/output-hole.ts';
import { openUntrusted } from '../../activities/adapters/untrusted-file.ts';
import { asSoFar, digestLog, isSoFar } from '../../activities/execution-logs/digest-log.ts';
import type { ExecutionLog } from '../../activities/execution-logs/execution-log.ts';
import type { ExperimentFiles } from '../../activities/execution-logs/find-execution-logs.ts';
import { standardDigestTokens } from '../commands/digest.ts';
import { printJson } from '../print.ts';
import { noDigestYet, onOtherHost, unreadable } from './log-problems.ts';
import { writeOut } from './write-out.ts';

/**
 * The digest of each log: the published one of an execution that has ended, else a fresh one where the log can be read
 * here. With `tokens` every one is fresh. Returns what could not be shown, in words.
 */
export async function printDigests(
  files: ExperimentFiles,
  executions: readonly ExecutionLog[],
  { tokens, isJson }: { tokens: number | undefined; isJson: boolean },
): Promise<string[]> {
  const problems: string[] = [];
  let isFirst = true;
  for (const execution of executions) {
    const found = await digestOf(files, execution, tokens);
    if ('problem' in found) {
      problems.push(found.problem);
      continue;
    }
    const { trial, name, state } = execution;
    const { digest, when } = found;
    const title = `# ${files.experiment.id}, trial ${trial}, ${name}: ${when}`;
    if (isJson) printJson({ trial, execution: name, state, digest });
    else await writeOut(`${isFirst ? '' : '\n'}${title}\n\n${digest}`);
    isFirst = false;
  }
  return problems;
}

type Found = { digest: string; when: string } | { problem: string };

async function digestOf(files: ExperimentFiles, execution: ExecutionLog, tokens?: number): Promise<Found> {
  const { folder, experiment } = files;
  const { state, file, digest: path } = execution;
  const published = path === null ? null : await folder.readIfPresent(path);
  const isFinal = published !== null && !isSoFar(published);
  if (tokens === undefined && isFinal && state === 'ended') return { digest: published, when: 'ended' };
  if (file !== null) return await freshDigest(execution, file, tokens ?? standardDigestTokens);
  if (tokens !== undefined) return { problem: onOtherHost(experiment.id, execution, `--tokens ${tokens}`) };
  if (published !== null && path !== null) {
    const where = execution.otherHost === null ? '' : ` on ${execution.otherHost}`;
    return { digest: published, when: `${state}${where}, as it was ${ageOf(folder.localPath(path))} ago` };
  }
  return { problem: state === 'running' ? noDigestYet(execution) : onOtherHost(experiment.id, execution, '') };
}

async function freshDigest(execution: ExecutionLog, file: string, tokens: number): Promise<Found> {
  const { place, state } = execution;
  const log = await openUntrusted(file);
  if (log === null) return { problem: unreadable(execution) };
  try {
    const hole = file === place.output ? await outputHole(place.control) : null;
    const digest = await digestLog(log, place, { tokens, hole });
    return state === 'ended' ? { digest, when: 'ended' } : { digest: asSoFar(digest), when: 'running, so far' };
  } finally {
    await log.close();
  }
}

function ageOf(file: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - statSync(file).mtimeMs) / 1000));
  const [count, unit] =
    seconds < 120
      ? [seconds, 'second']
      : seconds < 7_200
        ? [Math.round(seconds / 60), 'minute']
        : [Math.round(seconds / 3600), 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
