import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ModelTarget } from './model-target.ts';
import { outputRungs } from './output-rung.ts';

/** What was learnt of a model at an endpoint by asking it. */
const experienceSchema = z.object({
  rung: z.enum(outputRungs).optional(),
  contextTokens: z.number().optional(),
  outputLimitTokens: z.number().optional(),
  /** The dearest that a token has cost, by what the provider reports. */
  dollarsPerToken: z.number().optional(),
});
const memorySchema = z.record(
  z.string(),
  z.object({ ...experienceSchema.shape, learntAt: z.record(z.string(), z.iso.datetime()) }),
);

export type Experience = z.infer<typeof experienceSchema>;
type Memory = z.infer<typeof memorySchema>;

/**
 * Which rung of structured output an endpoint obeys, how much a model takes in and writes, and what it costs: found out
 * once, not at each call.
 * Each thing is forgotten a day after it was learnt, since servers are upgraded and set up anew.
 */
export interface EndpointMemory {
  of(target: ModelTarget): Experience;
  learn(target: ModelTarget, experience: Experience): void;
}

const memoryMilliseconds = 24 * 3600 * 1000;

/** Kept in a JSON file, which several workers may share: what one of them overwrites is only learnt again. */
export function endpointMemory(file: string): EndpointMemory {
  return {
    of(target) {
      const { learntAt = {}, ...experience } = read(file)[keyOf(target)] ?? {};
      const fresh = Object.entries(experience).filter(([what]) => isFresh(learntAt[what]));
      return Object.fromEntries(fresh);
    },
    learn(target, experience) {
      if (Object.keys(experience).length === 0) return;
      const memory = read(file);
      const known = memory[keyOf(target)];
      const now = new Date().toISOString();
      const learntAt = Object.fromEntries(Object.keys(experience).map((what) => [what, now]));
      const newest = { ...known, ...experience, learntAt: { ...known?.learntAt, ...learntAt } };
      write(file, { ...memory, [keyOf(target)]: newest });
    },
  };
}

function isFresh(learntAt: string | undefined): boolean {
  return learntAt !== undefined && Date.now() - Date.parse(learntAt) <= memoryMilliseconds;
}

/** The user and password that a URL may carry stay out of the file. */
function keyOf({ provider, model }: ModelTarget): string {
  const { host, pathname } = new URL(provider.baseUrl);
  return `${host}${pathname} ${model}`;
}

function read(file: string): Memory {
  try {
    return memorySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {}; // Not there yet, or not readable: everything in it can be learnt again.
  }
}

function write(file: string, memory: Memory): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeFileSync(descriptor, `${JSON.stringify(memory, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}
