import { readSections, type Sections } from './read-prompt.ts';
import { writeAnalysis } from './write-analysis.ts';
import { writePlan } from './write-plan.ts';
import { writeReport } from './write-report.ts';
import { writeRevision } from './write-revision.ts';
import { writeScript } from './write-script.ts';
import { writeSummary } from './write-summary.ts';

const writers = {
  'draft-plan': writePlan,
  'write-training-script': writeScript,
  'summarize-log': writeSummary,
  'analyze-trial': writeAnalysis,
  'revise-plan': writeRevision,
  'write-report': writeReport,
} satisfies Record<string, (sections: Sections) => string>;

export type PromptName = keyof typeof writers;

export const promptNames = Object.keys(writers) as PromptName[];

export function isPromptName(name: string): name is PromptName {
  return Object.hasOwn(writers, name);
}

/** The reply depends on the prompt alone: asked twice, or by another process, it is the same. */
export function writeReply(prompt: PromptName, userMessage: string): string {
  return writers[prompt](readSections(userMessage));
}
