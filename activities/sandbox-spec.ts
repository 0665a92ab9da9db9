import { ApplicationFailure } from '@temporalio/activity';
import { failureType } from '../workflows/domain/failure-type.ts';
import type { Host } from './adapters/host.ts';
import { sandboxMend } from './adapters/sandbox-mend.ts';
import { reopenSandbox, type SandboxSpec } from './adapters/sandbox.ts';

/** A script that must not run unprotected does not run: the error says how to mend the host. */
export async function assertSandboxed(host: Host): Promise<void> {
  host.sandbox = await reopenSandbox(host.sandbox);
  const { sandbox } = host;
  if (sandbox.kind !== 'unavailable') return;
  throw ApplicationFailure.nonRetryable(
    `Generated scripts cannot be run in a sandbox here (${sandbox.reason}): ${sandboxMend()}.`,
    failureType.sandboxUnavailable,
  );
}

/** `readOnlyPaths`: beside those of the interpreter. */
type GivenToSandbox = Pick<SandboxSpec, 'dataSets' | 'readOnlyPaths' | 'preflight'>;

/** Null where scripts run with the rights of the worker, which somebody has said. Throws as `assertSandboxed` does. */
export async function sandboxSpec(host: Host, given: GivenToSandbox): Promise<SandboxSpec | null> {
  await assertSandboxed(host);
  if (host.sandbox.kind !== 'bubblewrap') return null;
  return {
    bubblewrap: host.sandbox.bubblewrap,
    temporaryBytes: 2 ** 30,
    // PyTorch's loaders hand over whole batches through it; too small a one ends them by SIGBUS.
    sharedMemoryBytes: 8 * 2 ** 30,
    ...given,
    readOnlyPaths: [...host.sandbox.readOnlyPaths, ...given.readOnlyPaths],
  };
}
