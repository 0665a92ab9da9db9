export type WorkerKind = 'orchestrator' | 'llm' | 'gpu';

/** What a worker without keys may see of our environment. A list of what is allowed cannot forget a secret. */
const allowedNames = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'TZ',
  'TMPDIR',
  'TERM',
  'LD_LIBRARY_PATH',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
]);
const allowedPrefixes = ['LC_', 'XDG_', 'SSL_CERT_', 'TEMPORAL_', 'LONGRUN_', 'CUDA_', 'UV_'];

/** Only the `llm` worker gets API keys; it gets the whole environment, since providers name theirs as they like. */
export function workerEnvironment(kind: WorkerKind, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (kind === 'llm') return { ...environment };
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => allowedNames.has(name) || allowedPrefixes.some((prefix) => name.startsWith(prefix)),
    ),
  );
}
