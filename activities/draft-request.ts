import { shortageOf, type Allowance } from '../workflows/domain/allowance.ts';
import type { ChatMessage, LanguageModelRequest } from './language-model/language-model.ts';
import type { ModelTarget } from './language-model/model-target.ts';
import type { OutputRung } from './language-model/output-rung.ts';
import type { Price } from './language-model/price-table.ts';
import { composeMessages, type Prompt, type PromptInputs } from './language-model/prompt-library.ts';

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
  /** How often the prompt was too long. */
  shrinks: number;
  /** More than the parameters say, where a reply before had no room. */
  roomFactor: number;
  allowance: Allowance;
}

export type DraftedRequest =
  | { kind: 'affordable'; request: LanguageModelRequest; leftOut: { name: string; tokens: number }[] }
  | { kind: 'overBudget'; shortage: string };

/** Other families of models cut the same text into more tokens than the tokenizer that we count with. */
const tokenizerMargin = 1.2;
/** Room for the reply, where nothing says how long it may get. */
const usualOutputTokens = 16_384;
/** With less than this a reply cannot say anything. */
const leastOutputTokens = 1_024;
/** Each time that a prompt was too long it becomes this much of what it was. */
const shrinkFactor = 0.6;

/** The request as it will be sent: within the model's context, and within what may be spent. */
export function draftRequest(draft: Draft): DraftedRequest {
  const { target, prompt, inputs, output, begun, contextTokens, shrinks } = draft;
  const chosenTokens = target.parameters.mostOutputTokens;
  const wantedTokens = chosenTokens === undefined ? null : chosenTokens * draft.roomFactor;
  const room = Math.min(wantedTokens ?? usualOutputTokens, contextTokens / 4);
  const limitTokens = Math.floor(((contextTokens - room) / tokenizerMargin) * shrinkFactor ** shrinks);
  const form = output === null ? null : formOfReply(output);
  const composed = composeMessages(prompt, { ...inputs, 'form of the reply': form }, limitTokens);

  const messages = begun === null ? composed.messages : [...composed.messages, ...continuation(begun)];
  const promptTokens = composed.promptTokens + Math.ceil((begun?.length ?? 0) / 3);
  const reservedTokens = Math.ceil(promptTokens * tokenizerMargin);
  const least = {
    tokens: reservedTokens + leastOutputTokens,
    usd: costOfTokens(reservedTokens, leastOutputTokens, target),
  };
  const shortage = shortageOf(draft.allowance, least);
  if (shortage !== null) return { kind: 'overBudget', shortage };
  const mostOutputTokens = smallest(wantedTokens, affordableOutput(draft.allowance, reservedTokens, target.price));
  return {
    kind: 'affordable',
    request: { prompt: prompt.name, messages, output, mostOutputTokens, promptTokens },
    leftOut: composed.leftOut,
  };
}

const perMillion = 1e-6;

function costOfTokens(inputTokens: number, outputTokens: number, { price }: ModelTarget): number | null {
  return price === null ? null : (inputTokens * price.input + outputTokens * price.output) * perMillion;
}

/** What the reply may use of the budget when the prompt has had its part; null: no bound. */
function affordableOutput({ tokens, usd }: Allowance, promptTokens: number, price: Price | null): number | null {
  const byTokens = tokens === null ? null : tokens - promptTokens;
  if (usd === null || price === null || price.output === 0) return byTokens;
  const byMoney = Math.floor((usd - promptTokens * price.input * perMillion) / (price.output * perMillion));
  return smallest(byTokens, byMoney);
}

function smallest(a: number | null, b: number | null): number | null {
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
