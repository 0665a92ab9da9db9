import type { FileHandle } from 'node:fs/promises';
import { withoutWorkFolder, type ExecutionPlace } from '../execution-place.ts';
import type { DigestOptions } from '../log-compaction/digest-descriptor.ts';
import { digestInProcess } from '../log-compaction/digest-in-process.ts';

/** The digest of an execution's open log, without the host's folders. Aborting the signal ends it: then it throws. */
export async function digestLog(
  log: FileHandle,
  place: ExecutionPlace,
  { signal, ...options }: DigestOptions & { signal?: AbortSignal },
): Promise<string> {
  return withoutWorkFolder(await digestInProcess(log.fd, options, signal === undefined ? {} : { signal }), place);
}

/** True for ever: such a digest may lie among the artifacts long after its training has ended. */
const soFarNote = 'So far: the training was still running when this digest was made.\n\n';

export function asSoFar(digest: string): string {
  return `${soFarNote}${digest}`;
}

/** Whether a published digest was made of a log that was still growing. */
export function isSoFar(digest: string): boolean {
  return digest.startsWith(soFarNote);
}
