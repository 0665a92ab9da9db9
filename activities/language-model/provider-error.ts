import { z } from 'zod';

/** What an error of a provider says, in the shapes that providers have for it. Nothing of `text` may be kept. */
export interface ProviderError {
  /** The error's own, which a stream or an answer with status 200 may carry. */
  status: number | null;
  /** Whatever names the kind of error. */
  codes: string[];
  /** Everything that was written for people, to be searched only: it may repeat a key. */
  text: string;
  /** What the model takes in, where the error says so in a field of its own (llama.cpp). */
  contextTokens: number | null;
}

const named = z.union([z.string(), z.number()]).nullish().catch(null);
const unknownText = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' ? value : JSON.stringify(value ?? '')));

const fieldsSchema = z.object({
  message: unknownText,
  detail: unknownText,
  param: unknownText,
  code: named,
  type: named,
  status: named,
  n_ctx: z.number().nullish().catch(null),
  // OpenRouter puts the error of the provider behind it there.
  metadata: z.object({ raw: unknownText }).nullish().catch(null),
});

const longestText = 20_000;

/** `error`: what stands under `error` in a body, or what stands in its place. */
export function readProviderError(error: unknown): ProviderError {
  const fields = fieldsSchema.safeParse(error);
  if (!fields.success) return { status: null, codes: [], text: textOf(error), contextTokens: null };
  const { message, detail, param, code, type, status, n_ctx: contextTokens, metadata } = fields.data;
  return {
    status: [code, status].map(toStatus).find((each) => each !== null) ?? null,
    codes: [code, type, status, param].filter((each) => typeof each === 'string'),
    text: [message, detail, param, metadata?.raw ?? '', code, type].join('\n').slice(0, longestText),
    contextTokens: contextTokens ?? null,
  };
}

/** The error in a body with any status; null where it is none. */
export function errorIn(body: unknown): unknown {
  // Google's is an array of one.
  const whole: unknown = Array.isArray(body) ? body[0] : body;
  const { data } = bodySchema.safeParse(whole);
  if (data === undefined) return null;
  const isError = data.object === 'error' || data.message !== undefined || data.detail !== undefined;
  return data.error ?? (data.choices === undefined && isError ? whole : null);
}

const bodySchema = z.object({
  choices: z.unknown().optional(),
  error: z.unknown().optional(),
  object: z.unknown().optional(),
  message: z.unknown().optional(),
  detail: z.unknown().optional(),
});

/**
 * An answer with an error status in the one shape that the client understands, `{ error }`: of the others it keeps
 * nothing. A body that breaks or stalls takes nothing away from the status.
 */
export async function withReadableError(response: Response): Promise<Response> {
  if (response.ok || response.body === null) return response;
  const text = await response.text().catch(() => '');
  const { status, headers } = response;
  return new Response(JSON.stringify({ error: errorIn(parseJson(text)) ?? textOf(text) }), { status, headers });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // A page, or a text for people.
  }
}

function textOf(value: unknown): string {
  return (typeof value === 'string' ? value : '').slice(0, longestText);
}

/** Also as a text: `"429"`. */
function toStatus(value: string | number | null | undefined): number | null {
  const status = Number(value ?? NaN);
  return Number.isInteger(status) && status >= 400 && status <= 599 ? status : null;
}
