import { existsSync } from 'node:fs';
import { withHeartbeat } from './adapters/heartbeat.ts';
import type { HostDependencies } from './dependencies.ts';
import { executionFolder, executionPlace, withoutWorkFolder, type ExecutionName } from './execution-place.ts';
import { compactLogFile } from './log-compaction/compact-log-file.ts';

/** Turns the log on this host into a digest; only the digest travels. Another host reads what this one has published. */
export async function compactLog({ artifacts, host }: HostDependencies, execution: ExecutionName): Promise<void> {
  const place = executionPlace(host, execution);
  const folder = artifacts.folder(execution.experiment.id);
  const log = existsSync(place.output) ? place.output : folder.localPath(`${executionFolder(execution)}/log.txt`);
  const digest = await withHeartbeat({ log: execution.name }, () => compactLogFile(log));
  await folder.write(`${executionFolder(execution)}/digest.md`, withoutWorkFolder(digest, place));
}
