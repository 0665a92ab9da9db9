import { readFileSync } from 'node:fs';
import type { Host } from './adapters/host.ts';

const script = readFileSync(new URL('./python/gpu_preflight.py', import.meta.url), 'utf8');

/** The command that fails where the assigned GPUs cannot be used; empty on a host without one. */
export function gpuPreflight({ accelerator, python }: Host, gpus: number): string[] {
  return accelerator === 'cpu' ? [] : [python, '-I', '-c', script, accelerator, String(gpus)];
}
