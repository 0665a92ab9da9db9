/**
 * How an endpoint is made to answer in JSON, best first. What an endpoint accepts says nothing about what it obeys:
 * the reply is validated on every rung.
 */
export const outputRungs = ['strictSchema', 'schema', 'toolCall', 'jsonObject', 'text'] as const;

export type OutputRung = (typeof outputRungs)[number];

/** The rung below; the last one is text, which every server can write. */
export function rungBelow(rung: OutputRung): OutputRung {
  return outputRungs[outputRungs.indexOf(rung) + 1] ?? 'text';
}
