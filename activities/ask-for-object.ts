import { z } from 'zod';
import type { Reply } from '../workflows/domain/reply.ts';
import { askLanguageModel, type AskedModel, type Call } from './ask-language-model.ts';
import type { LanguageModelDependencies } from './dependencies.ts';
import { rungBelow, type OutputRung } from './language-model/output-rung.ts';
import { parseObject, type ObjectForm } from './parse-object.ts';

/**
 * Asks for Markdown with some fields beside it. How an endpoint is made to give them (the rung) is remembered; one that
 * does not obey is asked on the rung below from then on.
 */
export async function askForObject<T extends { markdown: string }>(
  dependencies: LanguageModelDependencies,
  call: Omit<Call, 'output'>,
  schema: z.ZodType<T>,
): Promise<Reply<T>> {
  const output = { name: call.prompt.replaceAll('-', '_'), jsonSchema: z.toJSONSchema(schema, { io: 'input' }) };
  const answered = await askLanguageModel(dependencies, { ...call, output });
  if (answered.kind !== 'complete') return answered;
  const { text, spending, asked } = answered;
  const { form, ...parsed } = parseObject(text, schema);
  const outcome = { form, kind: parsed.kind, isRepair: call.problems.length > 0 };
  if (asked !== null) learnFrom(dependencies, asked, rungToTry(outcome, asked.rung));
  return { ...parsed, spending };
}

interface Outcome {
  form: ObjectForm | null;
  kind: 'usable' | 'unusable';
  isRepair: boolean;
}

/**
 * Null: the rung holds. A reply that is not JSON was not made to be: then only words help. Repeated failure says that the
 * rung is too much for the model.
 */
function rungToTry({ form, kind, isRepair }: Outcome, rung: OutputRung | null): OutputRung | null {
  if (rung === null || rung === 'text') return null;
  if (form !== 'json') return 'text';
  return kind === 'unusable' && isRepair ? rungBelow(rung) : null;
}

/** A rung that held is remembered too: what is not in memory begins at the provider's first. */
function learnFrom({ memory }: LanguageModelDependencies, { target, rung }: AskedModel, next: OutputRung | null): void {
  const newest = next ?? rung;
  if (newest !== null && newest !== memory.of(target).rung) memory.learn(target, { rung: newest });
}
