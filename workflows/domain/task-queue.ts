/** Who polls what: the README has the table. */
export const taskQueue = {
  experiments: 'experiments',
  languageModel: 'llm',
  gpu: 'gpu',
  hosts: 'hosts',
} as const;

/** What must happen on one host: re-attaching to a training, compacting its log. */
export function hostQueue(host: string): string {
  return `gpu-${host}`;
}
