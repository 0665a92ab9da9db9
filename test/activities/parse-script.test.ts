import assert from 'node:assert/strict';
import { parseScript } from '../../activities/parse-script.ts';
import type { Parsed } from '../../activities/parsed.ts';

function valueOf<T>(parsed: Parsed<T>): T {
  assert.ok(parsed.kind === 'usable', parsed.kind === 'unusable' ? parsed.problems.join('; ') : '');
  return parsed.value;
}

function problemsOf<T>(parsed: Parsed<T>): string[] {
  assert.ok(parsed.kind === 'unusable', 'the reply was expected to be unusable');
  return parsed.problems;
}

const parse = (reply: string) => parseScript(reply, null);

describe('a reply that writes a script', () => {
  const script = 'import longrun\n\nlongrun.finish(val_error=1)\n';
  const reply = `# Widen the MLP\n\nMore units should help.\n\n\`\`\`python\n${script}\`\`\`\n`;

  it('has a title, an intention and the whole file', () => {
    assert.deepEqual(valueOf(parse(reply)), {
      title: 'Widen the MLP',
      intention: 'More units should help.',
      script,
    });
  });

  it('may have prose around it', () => {
    const { title, script: file } = valueOf(parse(`Sure, here it is.\n\n${reply}\nGood luck!`));
    assert.deepEqual([title, file], ['Widen the MLP', script]);
  });

  it('takes the first line for its title when there is no heading', () => {
    const { title, intention } = valueOf(parse(reply.replace('# Widen', 'Widen')));
    assert.deepEqual([title, intention], ['Widen the MLP', 'More units should help.']);
  });

  it('counts with the longest of several blocks', () => {
    const parsed = parse(
      `# T\n\n\`\`\`python\nx = 1\n\`\`\`\n\nWhole:\n\n\`\`\`python\n${script}\`\`\`\n\n\`\`\`py\ny = 2\n\`\`\``,
    );
    assert.equal(valueOf(parsed).script, script);
  });

  it('ignores longer blocks of other languages', () => {
    const parsed = parse(`${reply}\n\`\`\`text\n${'output\n'.repeat(100)}\`\`\``);
    assert.equal(valueOf(parsed).script, script);
  });

  it('may have line ends of Windows, which the script does not keep', () => {
    assert.equal(valueOf(parse(reply.replaceAll('\n', '\r\n'))).script, script);
  });

  it('keeps fences that stand inside of the script', () => {
    const inner = 'text = """\n```\nnot the end\n```\n"""\n';
    assert.equal(valueOf(parse(`# T\n\n\`\`\`\`python\n${inner}\`\`\`\``)).script, inner);
  });

  it('keeps indentation and blank lines of the script', () => {
    const spaced = 'def f():\n\n    return 1\n\n\nf()\n';
    assert.equal(valueOf(parse(`# T\n\n\`\`\`python\n${spaced}\`\`\``)).script, spaced);
  });

  it('has at most 120 characters of its title', () => {
    assert.equal(valueOf(parse(reply.replace('Widen the MLP', 'x'.repeat(300)))).title, 'x'.repeat(120));
  });

  it('is unusable without a python block', () => {
    assert.deepEqual(problemsOf(parse('# T\n\n```\nx = 1\n```')), ['the reply has no fenced block marked python']);
  });

  it('is unusable when the block is not closed', () => {
    assert.deepEqual(problemsOf(parse('# T\n\n```python\nimport longrun\nlongrun.fin')), [
      'the python block is not closed: the reply seems to be cut',
    ]);
  });

  it('is unusable when it was cut right after the fence opened', () => {
    assert.match(problemsOf(parse('# T\n\n```python')).join(), /not closed/);
  });

  it('is unusable when the script is empty, and says so', () => {
    assert.match(problemsOf(parse('# T\n\n```python\n```')).join(), /^script: /);
  });

  it('is unusable without any words before the block, and says so', () => {
    assert.match(problemsOf(parse('```python\nx = 1\n```')).join(), /^title: /);
  });
});

describe('a reply that edits a script', () => {
  const base = 'import longrun\n\nrate = 0.1\nlongrun.finish(val_error=rate)\n';
  const edit = '<<<<<<< SEARCH\nrate = 0.1\n=======\nrate = 0.2\n>>>>>>> REPLACE';

  it('is the script with its edits', () => {
    const { title, intention, script } = valueOf(parseScript(`# Double the rate\n\nWhy not.\n\n${edit}\n`, base));
    assert.deepEqual([title, intention, script], ['Double the rate', 'Why not.', base.replace('0.1', '0.2')]);
  });

  it('may have its edits in a fence', () => {
    const { intention, script } = valueOf(parseScript(`# T\n\nWhy not.\n\n\`\`\`python\n${edit}\n\`\`\``, base));
    assert.deepEqual([intention, script], ['Why not.', base.replace('0.1', '0.2')]);
  });

  it('is unusable when an edit does not apply, and asks for the whole file', () => {
    const [problem] = problemsOf(parseScript(`# T\n\n${edit.replace('0.1', '0.3')}`, base));
    assert.match(problem ?? '', /edit 1 .*is not in the script: reply with the whole file/);
  });
});
