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
  // Ours by name, since people name the keys of their own providers as they like, also LONGRUN_SOMETHING.
  'LONGRUN_HOME',
  'LONGRUN_STATE',
  'LONGRUN_PYTHON',
  'LONGRUN_SLOTS',
  'LONGRUN_SANDBOX',
  'LONGRUN_BWRAP',
  'LONGRUN_HOST_LOSS_MINUTES',
  'LONGRUN_ORPHAN_HOURS',
]);
/** Whoever has the secret can speak for us, so trainings have nothing of it near them. */
const namesForOrchestrator = new Set(['LONGRUN_WEBHOOK_URL', 'LONGRUN_WEBHOOK_SECRET']);
const allowedPrefixes = ['LC_', 'XDG_', 'SSL_CERT_', 'TEMPORAL_', 'CUDA_', 'UV_'];

/** Only the `llm` worker gets API keys; it gets the whole environment, since providers name theirs as they like. */
export function workerEnvironment(kind: WorkerKind, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (kind === 'llm') return { ...environment };
  const isSeen = (name: string): boolean =>
    isSeenByEveryWorker(name) || (kind === 'orchestrator' && namesForOrchestrator.has(name));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => isSeen(name)));
}

/** A key must not be in such a variable. */
export function isSeenByEveryWorker(name: string): boolean {
  return allowedNames.has(name) || allowedPrefixes.some((prefix) => name.startsWith(prefix));
}
