import assert from 'node:assert/strict';
import { z } from 'zod';
import { problemsOf } from '../../workflows/schema/problems.ts';

function problemsIn(schema: z.ZodType, value: unknown, root?: string): string[] {
  const parsed = schema.safeParse(value);
  assert.ok(!parsed.success, 'the value was expected to be refused');
  return problemsOf(parsed.error, root);
}

describe('the problems of a value', () => {
  it('begin with the path to the place', () => {
    const schema = z.object({ tasks: z.array(z.object({ title: z.string() })) });
    assert.deepEqual(problemsIn(schema, { tasks: [{ title: 'one' }, { title: 2 }] }), [
      'tasks.1.title: Invalid input: expected string, received number',
    ]);
  });

  it('say plainly that something is missing', () => {
    assert.deepEqual(problemsIn(z.object({ name: z.string() }), {}), ['name: is missing, must be a string']);
  });

  it('name the whole value where there is no path', () => {
    assert.match(problemsIn(z.object({}), 5, 'the json block').join(), /^the json block: /);
  });

  it('list every unknown name with its path', () => {
    const schema = z.object({ budget: z.strictObject({}) });
    assert.deepEqual(problemsIn(schema, { budget: { days: 1, weeks: 2 } }), [
      'budget.days: unknown name',
      'budget.weeks: unknown name',
    ]);
  });

  const textOrPoint = z.object({ value: z.union([z.string().min(3, 'is too short'), z.object({ x: z.number() })]) });

  it('speak of the alternative whose type the value has', () => {
    assert.deepEqual(problemsIn(textOrPoint, { value: 'ab' }), ['value: is too short']);
  });

  it('name the place inside of an alternative', () => {
    assert.deepEqual(problemsIn(textOrPoint, { value: { x: 'one' } }), [
      'value.x: Invalid input: expected number, received string',
    ]);
  });

  it('name the place of a value that fits no alternative', () => {
    assert.match(problemsIn(textOrPoint, { value: true }).join(), /^value: /);
  });

  it('are one line each, and as many as there are', () => {
    assert.equal(problemsIn(z.object({ a: z.string(), b: z.string() }), { a: 1 }).length, 2);
  });
});
