import { shortageOf, type Allowance } from '../workflows/domain/allowance.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { countTokens } from './language-model/count-tokens.ts';
import type { ChatMessage, LanguageModelRequest } from './language-model/language-model.ts';
import type { ModelTarget } from './language-model/model-target.ts';
import { modelFailure, type ModelFailure } from './model-failure.ts';
import type { OutputRung } from './language-model/output-rung.ts';
import { priceOf, type Price } from './language-model/price-table.ts';
import {
  composeMessages,
  type ComposedPrompt,
  type Prompt,
  type PromptInputs,
} from './language-model/prompt-library.ts';

/** The JSON that a prompt's reply has beside its Markdown. */
export interface OutputForm {
  name: string;
  jsonSchema: Record<string, unknown>;
}

export interface Draft {
  target: ModelTarget;
  prompt: Prompt;
  inputs: PromptInputs;
  /** Null where plain Markdown serves. */
  output: (OutputForm & { rung: OutputRung }) | null;
  /** The beginning of a reply that is to be continued; null: a new reply. */
  begun: string | null;
  /** What the model takes in, prompt and reply together. */
  contextTokens: number;
  /** What the reply may have at most, as a person or the model's limit says; null: nobody says. */
  mostOutputTokens: number | null;
  /** By the table, else by experience. */
  price: Price | null;
  /** How often the prompt was too long. */
  shrinks: number;
  allowance: Allowance;
}

export type DraftedRequest =
  | { kind: 'affordable'; request: LanguageModelRequest; leftOut: { name: string; tokens: number }[] }
  | { kind: 'overBudget'; shortage: string }
  /** The reply that is to be continued leaves no room for the rest of it. */
  | { kind: 'tooLong'; problem: string }
  /** The context has no room for the least of a prompt. */
  | { kind: 'neverFits'; failure: ModelFailure };

/** Other families of models cut the same text into more tokens than the tokenizer that we count with. */
const tokenizerMargin = 1.2;
/** Room for the reply, where nothing says how long it may get. */
const usualOutputTokens = 16_384;
/** With less than this a reply cannot say anything. */
const leastOutputTokens = 1_024;
/** With less than this for all sections together a prompt asks nothing. */
const leastSectionTokens = 500;
/** Each time that a prompt was too long it becomes this much of what it was. */
const shrinkFactor = 0.6;

/** The request as it will be sent: within the model's context, and within what may be spent. */
export function draftRequest(draft: Draft): DraftedRequest {
  const { prompt, output, allowance, price } = draft;
  const room = Math.min(draft.mostOutputTokens ?? usualOutputTokens, draft.contextTokens / 4);
  const composed = composeRequest(draft, room);
  if (composed === null) return noRoom(draft);

  const { messages, promptTokens, leftOut } = composed;
  const inputTokens = Math.ceil(promptTokens * tokenizerMargin);
  const least = { inputTokens, outputTokens: leastOutputTokens };
  const shortage = shortageOf(allowance, {
    tokens: inputTokens + leastOutputTokens,
    usd: price === null ? null : priceOf(least, price),
  });
  if (shortage !== null) return { kind: 'overBudget', shortage };
  const affordable = affordableOutput(allowance, inputTokens, price);
  const isBounded = allowance.tokens !== null || allowance.usd !== null;
  const chosen = smallest(draft.mostOutputTokens, isBounded ? smallest(room, affordable) : null);
  const mostOutputTokens = chosen === null ? null : Math.min(chosen, draft.contextTokens - inputTokens);
  return {
    kind: 'affordable',
    request: { prompt: prompt.name, messages, output, mostOutputTokens, promptTokens },
    leftOut,
  };
}

function noRoom({ target, prompt, begun, contextTokens }: Draft): DraftedRequest {
  if (begun !== null) {
    return { kind: 'tooLong', problem: 'the reply does not fit beside its prompt: make it much shorter' };
  }
  const message = `The context of ${target.name}, ${contextTokens} tokens, has no room for the prompt ${prompt.name}.`;
  return { kind: 'neverFits', failure: modelFailure(failureType.modelPromptNeverFits, message) };
}

/** Null where there is no room for the least of a prompt. */
function composeRequest(draft: Draft, room: number): ComposedPrompt | null {
  const { prompt, inputs, output, begun, contextTokens, shrinks } = draft;
  const begunTokens = begun === null ? 0 : countTokens(begun);
  const limitTokens = Math.floor(((contextTokens - room) / tokenizerMargin) * shrinkFactor ** shrinks) - begunTokens;
  if (limitTokens < countTokens(prompt.system) + leastSectionTokens) return null;
  const form = output === null ? null : formOfReply(output);
  const composed = composeMessages(prompt, { ...inputs, 'form of the reply': form }, limitTokens);
  const messages = begun === null ? composed.messages : [...composed.messages, ...continuation(begun)];
  return { ...composed, messages, promptTokens: composed.promptTokens + begunTokens };
}

/** What the reply may use of the budget when the prompt has had its part; null: no bound. */
function affordableOutput({ tokens, usd }: Allowance, promptTokens: number, price: Price | null): number | null {
  const byTokens = tokens === null ? null : tokens - promptTokens;
  if (usd === null || price === null || price.output === 0) return byTokens;
  const left = usd - priceOf({ inputTokens: promptTokens, outputTokens: 0 }, price);
  return smallest(byTokens, Math.floor(left / priceOf({ inputTokens: 0, outputTokens: 1 }, price)));
}

export function smallest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function continuation(begun: string): ChatMessage[] {
  return [
    { role: 'assistant', content: begun },
    {
      role: 'user',
      content:
        'Your reply was cut off. Go on exactly where it stops: begin with the very next character, repeat nothing, and say nothing about it.',
    },
  ];
}

/** The prompts describe Markdown that ends with a block of JSON; on the other rungs all of it is JSON. */
function formOfReply({ rung, name, jsonSchema }: NonNullable<Draft['output']>): string | null {
  const fields =
    'Its field `markdown` holds the Markdown text; the other fields are those of the block marked `json` that is described above.';
  switch (rung) {
    case 'text':
      return null;
    case 'toolCall':
      return `Reply by calling the function \`${name}\`, and only so, whatever is said above about a block. ${fields}`;
    case 'strictSchema':
    case 'schema':
      return `Reply with one JSON object and nothing else, whatever is said above about a block. ${fields}`;
    case 'jsonObject':
      return `Reply with one JSON object and nothing else, whatever is said above about a block. ${fields} Its schema:\n\n${JSON.stringify(jsonSchema)}`;
  }
}
