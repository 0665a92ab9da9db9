import { Context } from '@temporalio/activity';
import { withHeartbeat } from './adapters/heartbeat.ts';
import { outputHole } from './adapters/output-hole.ts';
import { openUntrusted } from './adapters/untrusted-file.ts';
import type { HostDependencies } from './dependencies.ts';
import { digestLog } from './execution-logs/digest-log.ts';
import { executionFolder, executionPlace, type ExecutionName } from './execution-place.ts';

const standardTokens = 8_000;

export interface CompactLogInput extends ExecutionName {
  /** The digest has at most so many. A task from before digests had a budget has none. */
  tokens?: number;
}

/** Turns the log on this host into a digest; only the digest travels. Another host reads what this one has published. */
export async function compactLog({ artifacts, host }: HostDependencies, input: CompactLogInput): Promise<void> {
  const place = executionPlace(host, input);
  const folder = artifacts.folder(input.experiment.id);
  const published = folder.localPath(`${executionFolder(input)}/log.txt`);
  const log = (await openUntrusted(place.output)) ?? (await openUntrusted(published));
  if (log === null) throw new Error(`There is no log of ${executionFolder(input)}, neither here nor published.`);
  const { cancellationSignal: signal } = Context.current();
  const options = { tokens: input.tokens ?? standardTokens, hole: await outputHole(place.control), signal };
  try {
    const digest = await withHeartbeat({ log: input.name }, () => digestLog(log, place, options));
    await folder.write(`${executionFolder(input)}/digest.md`, digest);
  } finally {
    await log.close();
  }
}
