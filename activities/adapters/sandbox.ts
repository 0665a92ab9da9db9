import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** What generated scripts run in. `unavailable` refuses every training and says how to mend it on this host. */
export type Sandbox =
  | { kind: 'bubblewrap'; bubblewrap: string; readOnlyPaths: string[] }
  | { kind: 'off' }
  | { kind: 'unavailable'; reason: string; options: SandboxOptions };

export type SandboxMode = 'auto' | 'bwrap' | 'off';

export interface SandboxOptions {
  mode: SandboxMode;
  /** Paths of bubblewrap, best first; a name without a slash is looked for on the PATH. */
  candidates: string[];
  /** The interpreter of trainings: it must start in the sandbox. */
  python: string;
  supervisorPython: string;
}

/** What the supervisor is told; see `activities/python/supervisor/execution_spec.py`. */
export interface SandboxSpec {
  bubblewrap: string;
  readOnlyPaths: string[];
  dataSets: { name: string; path: string }[];
  temporaryBytes: number;
  sharedMemoryBytes: number;
  /** Run first, in the same sandbox, when a training has a GPU; empty: nothing is. */
  preflight: string[];
}

/**
 * The first bubblewrap that passes the probe: the interpreter of trainings is started in the very arguments that a
 * training gets. There is no silent way back: where none passes, the host refuses trainings.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (options.mode === 'off') return { kind: 'off' };
  const readOnlyPaths = await interpreterFolders(options.python);
  const reasons: string[] = [];
  for (const bubblewrap of options.candidates) {
    const reason = await probe(options, { bubblewrap, readOnlyPaths });
    if (reason === null) return { kind: 'bubblewrap', bubblewrap, readOnlyPaths };
    reasons.push(`${bubblewrap}: ${reason}`);
  }
  return { kind: 'unavailable', reason: reasons.join('; ') || 'no bubblewrap was found', options };
}

/** Looks once more before a training is refused: a probe may fail because a host was busy when its worker started. */
export async function reopenSandbox(sandbox: Sandbox): Promise<Sandbox> {
  return sandbox.kind === 'unavailable' ? await openSandbox(sandbox.options) : sandbox;
}

const run = promisify(execFile);
const probeMilliseconds = 30_000;
const probeScript = fileURLToPath(new URL('../python/supervisor/sandbox.py', import.meta.url));
const verdictSchema = z.object({ isUsable: z.boolean(), reason: z.string().optional() });

/** Null when it works. */
async function probe(
  { python, supervisorPython }: SandboxOptions,
  paths: Pick<SandboxSpec, 'bubblewrap' | 'readOnlyPaths'>,
): Promise<string | null> {
  const sandbox: SandboxSpec = {
    ...paths,
    dataSets: [],
    temporaryBytes: 2 ** 20,
    sharedMemoryBytes: 2 ** 20,
    preflight: [],
  };
  const child = run(supervisorPython, ['-I', '-S', probeScript], { timeout: probeMilliseconds });
  child.child.stdin?.on('error', () => undefined); // It may end before it has read all; its status says why.
  child.child.stdin?.end(JSON.stringify({ sandbox, command: [python, '-I', '-c', 'import ssl'] }));
  try {
    const verdict = verdictSchema.parse(JSON.parse((await child).stdout));
    return verdict.isUsable ? null : (verdict.reason ?? 'it does not work');
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 500) : String(error);
  }
}

/** Where an interpreter has its standard library and packages: not with `-S`, which hides a virtual environment. */
async function interpreterFolders(python: string): Promise<string[]> {
  const script = 'import json, sys; print(json.dumps(sorted({sys.prefix, sys.base_prefix, sys.exec_prefix})))';
  const { stdout } = await run(python, ['-I', '-c', script], { timeout: probeMilliseconds });
  const folders = z.array(z.string()).parse(JSON.parse(stdout));
  return folders.filter((folder) => folder !== '/usr' && !folder.startsWith('/usr/'));
}
