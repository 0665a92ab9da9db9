import assert from 'node:assert/strict';
import { z } from 'zod';
import { strictSchema } from '../../activities/language-model/strict-schema.ts';
import { analysisReplySchema } from '../../workflows/schema/analysis.ts';
import { planReplySchema } from '../../workflows/schema/plan-settings.ts';
import { planRevisionReplySchema } from '../../workflows/schema/plan-revision.ts';

const strict = (schema: z.ZodType) => strictSchema(z.toJSONSchema(schema, { io: 'input' }));
const object = (properties: Record<string, unknown>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

describe('a schema for strict mode', () => {
  it('requires what was optional or has a default, and lets it be null', () => {
    const schema = z.object({ a: z.string(), b: z.number().optional(), c: z.array(z.string()).default([]) });
    assert.deepEqual(
      strict(schema),
      object({
        a: { type: 'string' },
        b: { anyOf: [{ type: 'number' }, { type: 'null' }] },
        c: { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }] },
      }),
    );
  });

  it('has no bounds, patterns, formats and defaults', () => {
    const schema = z.object({
      a: z.string().min(1).max(9).regex(/x/),
      b: z.number().int().min(1).lt(9).multipleOf(2),
      c: z.array(z.email()).min(1).max(3),
    });
    const c = { type: 'array', items: { type: 'string' } };
    assert.deepEqual(strict(schema), object({ a: { type: 'string' }, b: { type: 'integer' }, c }));
  });

  it('keeps choices, constants and descriptions', () => {
    const schema = z.object({ a: z.enum(['x', 'y']).describe('Which.'), b: z.literal('z') });
    const a = { type: 'string', enum: ['x', 'y'], description: 'Which.' };
    assert.deepEqual(strict(schema), object({ a, b: { type: 'string', const: 'z' } }));
  });

  it('closes objects at any depth, in alternatives and definitions too', () => {
    const inner = z.object({ x: z.string().optional() });
    const schema = z.object({ a: z.array(z.union([inner, z.strictObject({ y: z.string() })])) });
    const x = { anyOf: [{ type: 'string' }, { type: 'null' }] };
    const items = { anyOf: [object({ x }), object({ y: { type: 'string' } })] };
    assert.deepEqual(strict(schema), object({ a: { type: 'array', items } }));
  });

  it('has anyOf for alternatives that exclude each other', () => {
    const schema = z.object({
      a: z.discriminatedUnion('k', [z.object({ k: z.literal('p') }), z.object({ k: z.literal('q') })]),
    });
    const k = (value: string) => object({ k: { type: 'string', const: value } });
    assert.deepEqual(strict(schema), object({ a: { anyOf: [k('p'), k('q')] } }));
  });

  it('keeps a property that is named like a keyword', () => {
    const schema = z.object({ pattern: z.string(), required: z.string(), default: z.string() });
    const text = { type: 'string' };
    assert.deepEqual(strict(schema), object({ pattern: text, required: text, default: text }));
  });

  it('changes nothing in what it was given', () => {
    const given = z.toJSONSchema(z.object({ a: z.string().max(3).optional() }));
    const before = structuredClone(given);
    strictSchema(given);
    assert.deepEqual(given, before);
  });

  for (const [name, schema] of Object.entries({ analysisReplySchema, planReplySchema, planRevisionReplySchema })) {
    it(`has only keywords of strict mode for ${name}`, () => {
      const allowed =
        /^(type|enum|const|description|\$ref|\$defs|items|anyOf|required|additionalProperties|properties)$/;
      const check = (value: unknown): void => {
        for (const [keyword, inner] of Object.entries(value as object)) {
          assert.match(keyword, allowed);
          if (keyword === 'properties') Object.values(inner as object).forEach(check);
          if (keyword === 'items') check(inner);
          if (keyword === 'anyOf') (inner as unknown[]).forEach(check);
        }
      };
      check(strict(schema));
    });
  }
});
