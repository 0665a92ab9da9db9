import assert from 'node:assert/strict';
import { z } from 'zod';
import { parseMarkdownWithJson, parseScript, type Parsed } from '../../activities/parse-reply.ts';

const schema = z.object({ verdict: z.enum(['continue', 'blocked']), tasks: z.array(z.string()).default([]) });
const json = '```json\n{ "verdict": "continue" }\n```';
const usableJson = { verdict: 'continue', tasks: [] };

function valueOf<T>(parsed: Parsed<T>): T {
  assert.ok(parsed.kind === 'usable', parsed.kind === 'unusable' ? parsed.problems.join('; ') : '');
  return parsed.value;
}

function problemsOf<T>(parsed: Parsed<T>): string[] {
  assert.ok(parsed.kind === 'unusable', 'the reply was expected to be unusable');
  return parsed.problems;
}

const parseJson = (reply: string) => parseMarkdownWithJson(reply, schema);

describe('a reply that ends with JSON', () => {
  it('is the text before the block, and the value of the block', () => {
    assert.deepEqual(valueOf(parseJson(`# Plan\n\nTry it.\n\n${json}`)), {
      markdown: '# Plan\n\nTry it.',
      json: usableJson,
    });
  });

  it('may go on after its block', () => {
    assert.deepEqual(valueOf(parseJson(`Text.\n\n${json}\n\nI hope this helps!`)).json, usableJson);
  });

  it('counts with the last of several blocks', () => {
    const reply =
      '```json\n{ "verdict": "blocked" }\n```\n\nOn second thought:\n\n```json\n{ "verdict": "continue" }\n```';
    assert.deepEqual(valueOf(parseJson(reply)).json, usableJson);
  });

  it('may hold blocks of other languages, which stay in the text', () => {
    const { markdown } = valueOf(
      parseJson(`Run this:\n\n\`\`\`bash\nls\n\`\`\`\n\n${json}\n\n\`\`\`text\nbye\n\`\`\``),
    );
    assert.equal(markdown, 'Run this:\n\n```bash\nls\n```');
  });

  it('may have line ends of Windows', () => {
    assert.deepEqual(valueOf(parseJson(`One.\r\nTwo.\r\n\r\n${json.replaceAll('\n', '\r\n')}\r\n`)), {
      markdown: 'One.\nTwo.',
      json: usableJson,
    });
  });

  it('may begin with thoughts, which are no part of it', () => {
    const thoughts = '\n<think>\nMaybe:\n```json\n{ "verdict": "blocked" }\n```\nNo.\n</think>\n';
    assert.deepEqual(valueOf(parseJson(`${thoughts}Text.\n\n${json}`)), { markdown: 'Text.', json: usableJson });
  });

  it('may be nothing but JSON', () => {
    assert.deepEqual(valueOf(parseJson(' { "verdict": "continue" }\n')), { markdown: '', json: usableJson });
  });

  it('may mark its block with capitals', () => {
    assert.deepEqual(valueOf(parseJson('```JSON\n{ "verdict": "continue" }\n```')).json, usableJson);
  });

  it('may have a fence of tildes', () => {
    assert.deepEqual(valueOf(parseJson('~~~json\n{ "verdict": "continue" }\n~~~')).json, usableJson);
  });

  it('is unusable without a block', () => {
    assert.deepEqual(problemsOf(parseJson('I refuse.')), ['the reply has no fenced block marked json']);
  });

  it('is unusable with a block that is no JSON, with the parser’s words', () => {
    assert.match(
      problemsOf(parseJson('```json\n{ verdict: continue }\n```')).join(),
      /^the json block is not valid JSON: ./,
    );
  });

  it('is unusable when it was cut inside of the block', () => {
    assert.match(problemsOf(parseJson('Text.\n\n```json\n{ "verdict": "cont')).join(), /not valid JSON/);
  });

  it('is unusable with values that the schema refuses, each named by its path', () => {
    const problems = problemsOf(parseJson('```json\n{ "verdict": "maybe", "tasks": ["one", 2] }\n```'));
    assert.deepEqual(
      problems.map((problem) => problem.split(':')[0]),
      ['verdict', 'tasks.1'],
    );
  });

  it('is unusable with another value than an object, and names the block', () => {
    assert.match(problemsOf(parseJson('```json\n[]\n```')).join(), /^the json block: /);
  });
});

describe('a reply that writes a script', () => {
  const script = 'import longrun\n\nlongrun.finish(val_error=1)\n';
  const reply = `# Widen the MLP\n\nMore units should help.\n\n\`\`\`python\n${script}\`\`\`\n`;

  it('has a title, an intention and the whole file', () => {
    assert.deepEqual(valueOf(parseScript(reply)), {
      title: 'Widen the MLP',
      intention: 'More units should help.',
      script,
    });
  });

  it('may have prose around it', () => {
    const { title, script: file } = valueOf(parseScript(`Sure, here it is.\n\n${reply}\nGood luck!`));
    assert.deepEqual([title, file], ['Widen the MLP', script]);
  });

  it('takes the first line for its title when there is no heading', () => {
    const { title, intention } = valueOf(parseScript(reply.replace('# Widen', 'Widen')));
    assert.deepEqual([title, intention], ['Widen the MLP', 'More units should help.']);
  });

  it('counts with the longest of several blocks', () => {
    const parsed = parseScript(
      `# T\n\n\`\`\`python\nx = 1\n\`\`\`\n\nWhole:\n\n\`\`\`python\n${script}\`\`\`\n\n\`\`\`py\ny = 2\n\`\`\``,
    );
    assert.equal(valueOf(parsed).script, script);
  });

  it('ignores longer blocks of other languages', () => {
    const parsed = parseScript(`${reply}\n\`\`\`text\n${'output\n'.repeat(100)}\`\`\``);
    assert.equal(valueOf(parsed).script, script);
  });

  it('may have line ends of Windows, which the script does not keep', () => {
    assert.equal(valueOf(parseScript(reply.replaceAll('\n', '\r\n'))).script, script);
  });

  it('may begin with thoughts, which are no part of it', () => {
    const thoughts = '<think># Wrong\n```python\n' + 'x = 1\n'.repeat(50) + '```\n</think>\n';
    assert.deepEqual(valueOf(parseScript(thoughts + reply)), valueOf(parseScript(reply)));
  });

  it('keeps fences that stand inside of the script', () => {
    const inner = 'text = """\n```\nnot the end\n```\n"""\n';
    assert.equal(valueOf(parseScript(`# T\n\n\`\`\`\`python\n${inner}\`\`\`\``)).script, inner);
  });

  it('keeps indentation and blank lines of the script', () => {
    const spaced = 'def f():\n\n    return 1\n\n\nf()\n';
    assert.equal(valueOf(parseScript(`# T\n\n\`\`\`python\n${spaced}\`\`\``)).script, spaced);
  });

  it('has at most 120 characters of its title', () => {
    assert.equal(valueOf(parseScript(reply.replace('Widen the MLP', 'x'.repeat(300)))).title, 'x'.repeat(120));
  });

  it('is unusable without a python block', () => {
    assert.deepEqual(problemsOf(parseScript('# T\n\n```\nx = 1\n```')), [
      'the reply has no fenced block marked python',
    ]);
  });

  it('is unusable when the block is not closed', () => {
    assert.deepEqual(problemsOf(parseScript('# T\n\n```python\nimport longrun\nlongrun.fin')), [
      'the python block is not closed: the reply seems to be cut',
    ]);
  });

  it('is unusable when it was cut right after the fence opened', () => {
    assert.match(problemsOf(parseScript('# T\n\n```python')).join(), /not closed/);
  });

  it('is unusable when the script is empty, and says so', () => {
    assert.match(problemsOf(parseScript('# T\n\n```python\n```')).join(), /^script: /);
  });

  it('is unusable without any words before the block, and says so', () => {
    assert.match(problemsOf(parseScript('```python\nx = 1\n```')).join(), /^title: /);
  });
});
