import { hasLog } from '../../activities/execution-logs/execution-log.ts';
import { chooseTrial } from '../logs/choose-trial.ts';
import { followLogs } from '../logs/follow-logs.ts';
import { lineView } from '../logs/line-view.ts';
import { openExperimentFiles } from '../logs/open-experiment-files.ts';
import { printDigests } from '../logs/print-digests.ts';
import { printRaw } from '../logs/print-raw.ts';
import { firstStopSignal } from '../stop-signal.ts';
import { UserError } from '../user-error.ts';
import { checkDigestTokens } from './digest.ts';

export interface LogsOptions {
  digest?: boolean;
  raw?: boolean;
  follow?: boolean;
  tokens?: number;
  json?: boolean;
}

/** The logs of a trial, from files alone: what was published, and what the trainings of this machine print now. */
export async function logs(id: string, trial: number | undefined, options: LogsOptions): Promise<number> {
  checkOptions(options);
  const { raw = false, follow = false, json: isJson = false, tokens } = options;
  const files = await openExperimentFiles(id);
  const chosen = await chooseTrial(files, trial);
  if (follow) {
    const stopping = new AbortController();
    void firstStopSignal().then(() => stopping.abort());
    await followLogs(files, chosen.trial, { view: lineView(isJson), signal: stopping.signal });
    return 0;
  }
  const executions = chosen.executions.filter(hasLog);
  const problems = raw
    ? await printRaw(id, executions, isJson)
    : await printDigests(files, executions, { tokens, isJson });
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  return 0;
}

function checkOptions({ digest, raw, follow, tokens }: LogsOptions): void {
  const given = Object.entries({ digest, raw, follow }).flatMap(([name, isGiven]) => (isGiven ? [`--${name}`] : []));
  if (given.length > 1) throw new UserError(`${given.join(' and ')} exclude each other: choose one.`, 2);
  if (tokens === undefined) return;
  if (raw || follow) throw new UserError(`--tokens is the size of a digest: leave it out with ${given[0]}.`, 2);
  checkDigestTokens(tokens);
}
