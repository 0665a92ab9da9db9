import { withHeartbeat } from './adapters/heartbeat.ts';
import type { HostDependencies } from './dependencies.ts';
import { executionPlace, withoutWorkFolder, type ExecutionName } from './execution-place.ts';
import { trialFolder } from './experiment-files.ts';
import { compactLogFile } from './log-compaction/compact-log-file.ts';

/** Turns the log on this host into a digest; only the digest travels. */
export async function compactLog({ artifacts, host }: HostDependencies, execution: ExecutionName): Promise<void> {
  const place = executionPlace(host, execution);
  const digest = await withHeartbeat({ log: execution.name }, () => compactLogFile(place.output));
  await artifacts
    .folder(execution.experiment.id)
    .write(`${trialFolder(execution.trial)}/${execution.name}/digest.md`, withoutWorkFolder(digest, place));
}
