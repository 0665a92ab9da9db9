import { z } from 'zod';
import { artifactReferenceSchema } from './artifact-reference.ts';
import { metricSchema } from './metric.ts';
import { modelsSchema } from './models.ts';

/** A longer idea travels as an artifact, since Temporal keeps every workflow input in its history. */
export const inlineIdeaBytes = 24 * 1024;

/** What 24 KB may grow to as JSON, where quotes and line ends take two bytes, and control characters six. */
const encodedIdeaBytes = 30 * 1024;

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

const inlineIdea = z
  .string()
  .refine((text) => text.trim() !== '', 'is empty: say in a sentence or more what should be tried')
  .refine(
    (text) => bytesOf(text) <= inlineIdeaBytes && bytesOf(JSON.stringify(text)) <= encodedIdeaBytes,
    'is over 24 KB: start it with `longrun start IDEA.md`, which stores long ideas as a file',
  );

/** The id of an experiment names a folder: `.` and `..` would leave the artifact root. */
export const experimentIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,100}$/, 'must have 1 to 100 letters, digits or . _ -')
  .refine((id) => id !== '.' && id !== '..', 'must not be . or ..');

/** Long ideas lie here, by their hash. `+` is in no experiment's id, so the name cannot be an experiment's folder. */
export const longIdeasFolder = '+ideas';

/** 500 trials: the journal of that many is what a workflow run may hand to the next (128 KB). */
const budgetSchema = z.strictObject({
  trials: z.number().int().min(1).max(500).default(12),
  hours: z.number().positive().max(8_760).default(24),
  gpuHours: z.number().positive().optional(),
  /** Of language models: read and written together. */
  tokens: z.number().int().positive().optional(),
  /** US dollars for language models. */
  usd: z.number().positive().max(1_000_000).optional(),
  /** Replies of language models. */
  calls: z.number().int().positive().optional(),
  /** What an experiment does when a part of its budget is spent: report, or wait to be given more. */
  whenSpent: z.enum(['finish', 'wait'], 'must be finish or wait').default('finish'),
});

const dataSetSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must have letters, digits or . _ - (64 at most)'),
    path: z
      .string()
      .max(1000)
      .regex(/^\/[^\0]*$/, 'must be an absolute path on the training host')
      .optional(),
    /** Python that leaves the data set in its current folder. It runs once for each host, in the sandbox. */
    script: z.string().min(1).max(4000).optional(),
    /** What it may reach, by name; nothing without it. */
    hosts: z
      .array(
        z.string().regex(/^(\*\.)?[A-Za-z0-9.-]+(:\d+)?$/, 'must be a host name such as example.org or *.example.org'),
      )
      .max(20)
      .optional(),
  })
  .refine(({ path, script }) => (path === undefined) !== (script === undefined), 'must have either path or script')
  .refine(({ path, hosts }) => path === undefined || hosts === undefined, 'has hosts, which only a script can reach');

/** Scripts travel in the workflow's input, whose payload has an end. */
const mostScriptCharacters = 6000;

const dataSetsSchema = z
  .array(dataSetSchema)
  .max(20)
  .refine((sets) => new Set(sets.map(({ name }) => name)).size === sets.length, 'two data sets have the same name')
  .refine(
    (sets) => sets.reduce((sum, { script = '' }) => sum + script.length, 0) <= mostScriptCharacters,
    `the scripts have over ${mostScriptCharacters} characters together: prepare the data yourself and give its path`,
  );

export type GivenDataSet = z.infer<typeof dataSetSchema>;

/** What a person gives along with a fork is carried like a message: as JSON it has at most so many bytes. */
function textOf(mostKilobytes: number) {
  return z
    .string()
    .refine((text) => text.trim() !== '', 'is empty')
    .refine(
      (text) => bytesOf(JSON.stringify(text)) <= mostKilobytes * 1024,
      `is over ${mostKilobytes} KB, which is all that is taken`,
    );
}

const forkSchema = z.strictObject({
  /** Another experiment in the same artifact root. */
  experiment: experimentIdSchema,
  /** The last of its trials that the new experiment has, too. */
  trial: z.number().int().min(1),
  /** Markdown: the next version of the plan, word for word. */
  plan: textOf(16).optional(),
  /** The next message of a person. */
  feedback: textOf(8).optional(),
  /** Who gives them. */
  by: z.string().trim().min(1).max(200).optional(),
});

export type Fork = z.output<typeof forkSchema>;

const packageName = z.string().regex(/^(\*|[A-Za-z0-9][A-Za-z0-9._-]{0,99})$/, 'must be the name of a package, or *');

/**
 * The one argument of the workflow `experiment`. Every name that it does not know is refused, so that a misspelt
 * setting cannot be ignored for days.
 */
export const experimentInputSchema = z
  .strictObject({
    idea: z.union([inlineIdea, artifactReferenceSchema]).optional(),
    title: z.string().trim().min(1).max(120).optional(),
    metric: metricSchema.optional(),
    budget: budgetSchema.prefault({}),
    models: modelsSchema.prefault({}),
    seeds: z.number().int().min(1).max(20).default(1),
    gpusPerTrial: z.number().int().min(1).max(64).default(1),
    data: dataSetsSchema.default([]),
    /** What scripts may have installed, by name; `*` is anything. */
    packages: z.array(packageName).max(100).default([]),
    /** What waits for a person's decision: each version of the plan that a model wrote; how a blocked one goes on. */
    approvals: z
      .array(z.enum(['plan', 'blocked'], 'must be plan or blocked'))
      .max(2)
      .default([]),
    /** Begin from the past of another experiment: then its idea and settings stand wherever nothing is given here. */
    fork: forkSchema.optional(),
  })
  .refine(({ idea, fork }) => idea !== undefined || fork !== undefined, {
    path: ['idea'],
    message: 'is missing, must be a string',
    // Beside every other problem, not after them.
    when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
  });

export type ExperimentInput = z.input<typeof experimentInputSchema>;

/**
 * The parsed input with every default filled in, without what is in files from here on: the idea, data and scripts, and
 * what is forked.
 */
export type ExperimentSettings = Omit<z.output<typeof experimentInputSchema>, 'idea' | 'data' | 'fork'>;

export type Budget = ExperimentSettings['budget'];
