import { log } from '@temporalio/activity';
import { outputHole } from './adapters/output-hole.ts';
import { openUntrusted } from './adapters/untrusted-file.ts';
import type { HostDependencies } from './dependencies.ts';
import { asSoFar, digestLog } from './execution-logs/digest-log.ts';
import { attemptFolder, type ExecutionPlace } from './execution-place.ts';
import type { ExecutionRequest } from './execution-request.ts';

/**
 * Publishes a digest of what a training has printed so far, so that people see it from any machine. A training of less
 * than a minute has none: the digest at its end is there as soon.
 */
export interface DigestPublisher {
  /** Begins a digest if a minute has passed since the last one and there is more output. Never throws, never waits. */
  advance(): void;
  /** Ends the process that is still at it; once this resolves nothing is published any more. */
  stop(): Promise<void>;
}

const pauseMilliseconds = 60_000;
const tokens = 8_000;

export function followDigest(
  { artifacts, host }: HostDependencies,
  request: ExecutionRequest,
  place: ExecutionPlace,
): DigestPublisher {
  const folder = artifacts.folder(request.experiment.id);
  const file = `${attemptFolder(request, request.placement.number, host.name)}/digest.md`;
  const stopping = new AbortController();
  const { signal } = stopping;
  let nextAt = performance.now() + pauseMilliseconds;
  let digestedBytes = 0;
  let current: Promise<void> | null = null;

  const publish = async (): Promise<void> => {
    const found = await digestSoFar(place, digestedBytes, signal);
    if (found === null) return;
    await folder.write(file, found.digest);
    digestedBytes = found.bytes;
  };
  return {
    advance() {
      const now = performance.now();
      if (signal.aborted || current !== null || now < nextAt) return;
      nextAt = now + pauseMilliseconds;
      current = publish()
        .catch((error: unknown) => {
          if (!signal.aborted) log.warn('a digest so far could not be published yet', { error: String(error) });
        })
        .finally(() => (current = null));
    },
    async stop() {
      stopping.abort();
      await current;
    },
  };
}

/** Null where there is no output yet, or no more than the bytes that were digested already. */
async function digestSoFar(
  place: ExecutionPlace,
  digestedBytes: number,
  signal: AbortSignal,
): Promise<{ digest: string; bytes: number } | null> {
  const output = await openUntrusted(place.output);
  if (output === null) return null;
  try {
    const { size } = await output.stat();
    if (size === digestedBytes) return null;
    const digest = await digestLog(output, place, { tokens, hole: await outputHole(place.control), signal });
    return { digest: asSoFar(digest), bytes: size };
  } finally {
    await output.close();
  }
}
