import assert from 'node:assert/strict';
import { z } from 'zod';
import { parseObject } from '../../activities/parse-object.ts';

const schema = z.object({
  markdown: z.string().trim().min(1).max(1000),
  verdict: z.enum(['continue', 'blocked']),
  target: z.number().optional(),
  tasks: z.array(z.string()).max(12).default([]),
});
const block = '```json\n{ "verdict": "continue" }\n```';
const value = { markdown: 'Text.', verdict: 'continue', tasks: [] };

function valueOf(reply: string) {
  const parsed = parseObject(reply, schema);
  assert.ok(parsed.kind === 'usable', parsed.kind === 'unusable' ? parsed.problems.join('; ') : '');
  return parsed.value;
}

function problemsOf(reply: string): string[] {
  const parsed = parseObject(reply, schema);
  assert.ok(parsed.kind === 'unusable', 'the reply was expected to be unusable');
  return parsed.problems;
}

describe('a reply with Markdown and fields', () => {
  const same: [what: string, reply: string][] = [
    ['one JSON object', '{ "markdown": "Text.", "verdict": "continue", "tasks": [] }'],
    ['an object in a fence', '```json\n{ "markdown": "Text.", "verdict": "continue" }\n```'],
    ['an object in a fence without a mark', '```\n{ "markdown": "Text.", "verdict": "continue" }\n```'],
    ['Markdown that ends with a block', `Text.\n\n${block}`],
    ['Markdown with words after its block', `Text.\n\n${block}\n\nI hope this helps!`],
    ['Markdown with line ends of Windows', `Text.\r\n\r\n${block.replaceAll('\n', '\r\n')}\r\n`],
    ['Markdown with a block marked in capitals', `Text.\n\n${block.replace('json', 'JSON')}`],
    ['Markdown with a fence of tildes', `Text.\n\n${block.replaceAll('```', '~~~')}`],
    ['Markdown with an object in no fence', 'Text.\n\n{ "verdict": "continue" }\n'],
    [
      'an object with nulls for what is left out',
      '{"markdown":"Text.","verdict":"continue","target":null,"tasks":null}',
    ],
    ['an object with a comma too many', '{ "markdown": "Text.", "verdict": "continue", }'],
    ['an object with quotes of Python', "{ 'markdown': 'Text.', 'verdict': 'continue' }"],
  ];
  for (const [what, reply] of same) {
    it(`may be ${what}`, () => assert.deepEqual(valueOf(reply), value));
  }

  it('counts with the last of several blocks', () => {
    assert.equal(valueOf(`Text.\n\n${block.replace('continue', 'blocked')}\n\nNo:\n\n${block}`).verdict, 'continue');
  });

  it('may have fences in its Markdown, also inside of an object', () => {
    const markdown = 'Run:\n\n```json\n{ "a": 1 }\n```\n\nDone.';
    assert.equal(valueOf(JSON.stringify({ ...value, markdown })).markdown, markdown);
  });

  const forms: [form: string | null, reply: string][] = [
    ['json', '{ "markdown": "Text.", "verdict": "continue" }'],
    ['block', `Text.\n\n${block}`],
    [null, 'I would rather not.'],
  ];
  for (const [form, reply] of forms) {
    it(`says that its form is ${form}`, () => assert.equal(parseObject(reply, schema).form, form));
  }

  it('is unusable without an object', () => {
    assert.deepEqual(problemsOf('I refuse.'), ['the reply has no JSON object, nor a fenced block marked json']);
  });

  for (const cut of [
    'Text.\n\n```json\n{ "verdict": "cont',
    '{ "markdown": "Text.", "verdict": "continue"',
    '{ "markdown": "Text.", "tasks": ["a", "b"',
  ]) {
    it(`is unusable, and never mended, when it was cut: ${JSON.stringify(cut)}`, () => {
      assert.match(problemsOf(cut).join(), /not valid JSON/);
    });
  }

  it('is unusable with values that the schema refuses, each named by its path', () => {
    const problems = problemsOf('{ "markdown": "Text.", "verdict": "maybe", "tasks": ["one", 2] }');
    assert.deepEqual(
      problems.map((problem) => problem.split(':')[0]),
      ['verdict', 'tasks.1'],
    );
  });

  it('is unusable without any Markdown, and says so', () => {
    assert.match(problemsOf('{ "verdict": "continue" }').join(), /^markdown: /);
  });

  it('names ten problems at most, and counts the others', () => {
    const tasks = Array.from({ length: 12 }, (_, index) => index);
    const problems = problemsOf(JSON.stringify({ ...value, tasks }));
    assert.deepEqual([problems.length, problems.at(-1)], [11, 'and 2 more problems']);
  });
});
