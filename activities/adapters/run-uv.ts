import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ApplicationFailure } from '@temporalio/activity';
import { failureType } from '../../workflows/domain/failure-type.ts';

/**
 * `unreachable`: no index answered in time. `diskFull` and `hostFault` say nothing of what was asked for: the host
 * cannot do it now.
 */
export interface UvTrouble {
  kind: 'refused' | 'unreachable' | 'diskFull' | 'hostFault';
  reason: string;
}

const longestReason = 1500;

/** Ends with uv's output; throws what `troubleWithUv` can read. The configuration of the user does not count. */
export async function runUv(uv: string, commandLine: string[], milliseconds = 60_000): Promise<string> {
  const env = { ...process.env, UV_PYTHON_DOWNLOADS: 'never', UV_NO_PROGRESS: '1', NO_COLOR: '1', UV_NO_CONFIG: '1' };
  const { stdout } = await promisify(execFile)(uv, commandLine, { env, timeout: milliseconds, maxBuffer: 2 ** 24 });
  return stdout;
}

/** What went wrong in `runUv`, or in writing a file for it; the reason is the end of what uv said. */
export function troubleWithUv(error: unknown): UvTrouble {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const reason = (said === '' ? String(error) : said).slice(-longestReason);
  return { kind: kindOf(error, reason), reason };
}

/** Retryable: nothing that a language model writes can mend it. */
export function failureOfHost({ kind, reason }: UvTrouble, folder: string): ApplicationFailure {
  const mend =
    kind === 'diskFull'
      ? 'the disk is full; free some space and it goes on by itself'
      : readOnlyPattern.test(reason)
        ? 'the file system is read-only; point LONGRUN_HOME at a folder that can be written'
        : 'see what is said below';
  return ApplicationFailure.create({
    type: kind === 'diskFull' ? failureType.diskFull : failureType.packagesUnavailable,
    message: `Packages cannot be installed into ${folder}: ${mend}.\n${reason}`,
  });
}

/** Words of the operating system, which uv and Node pass on. */
const fullPattern = /no space left on device|disk quota exceeded/i;
const readOnlyPattern = /read-only file system/i;
const systemPattern = /\(os error \d+\)/;

/** Words by which uv says that it did not reach an index, as against: reached it, and it has no such thing. */
const networkPattern = /error sending request|dns error|timed out|connection (refused|reset)|failed to fetch/i;

function kindOf(error: unknown, reason: string): UvTrouble['kind'] {
  if (fullPattern.test(reason)) return 'diskFull';
  if (readOnlyPattern.test(reason)) return 'hostFault';
  if (networkPattern.test(reason) || hasTakenTooLong(error)) return 'unreachable';
  const hasAnswered = error instanceof Error && 'code' in error && typeof error.code === 'number';
  return hasAnswered && !systemPattern.test(reason) ? 'refused' : 'hostFault';
}

function hasTakenTooLong(error: unknown): boolean {
  return error instanceof Error && 'killed' in error && error.killed === true;
}
