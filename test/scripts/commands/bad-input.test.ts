import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../support/run-command.ts';
import { runLongrun } from '../../support/run-longrun.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Nobody listens there: what is found wrong is found before anything is sent. */
const nowhere = { TEMPORAL_ADDRESS: '127.0.0.1:1' };

describe('what is found wrong before anything is sent', () => {
  const folder = temporaryFolder();

  const lines: [words: string[], says: RegExp][] = [
    [['feedback', 'digits', ''], /the feedback is not valid: text: must be a text that is not empty/],
    [['feedback', 'digits', ' \n '], /the feedback is not valid: text: must be a text that is not empty/],
    [['feedback', 'digits'], /Say something: `longrun feedback digits "WORDS"`/],
    [['feedback', 'digits', 'words', '--file', 'words.txt'], /Give the words or --file, not both/],
    [
      ['feedback', 'digits', '--file', '/nowhere/words.txt'],
      /The words cannot be read from \/nowhere\/words\.txt \(ENOENT\): /,
    ],
    [['feedback', 'digits', '-5 is too low'], /Words that begin with - go behind --/],
    [
      ['feedback', 'digits', '"'.repeat(8000)],
      /the feedback is not valid: has \d+ bytes as JSON, at most 8192 are taken/,
    ],
    [['pause', 'digits', '--by', 'a'.repeat(300)], /the pause is not valid: by: must be a text of at most 200/],
    [['budget', 'digits', '--trials', '-1'], /trials: must be a positive whole number/],
    [['budget', 'digits', '--calls', '1.5'], /calls: must be a positive whole number/],
    [['budget', 'digits', '--usd', '0'], /usd: must be a positive number/],
    [['budget', 'digits', '--hours', 'many'], /It must be a number/],
    [['model', 'digits', 'gpt 4'], /The model is not valid: .*must be provider\/model/],
    [['model', 'digits', 'x/y', '--role', 'boss'], /Allowed choices are planner, coder, analyst, reporter/],
    [['model', 'digits', '--role', 'coder'], /--role is for another model/],
    [['plan', 'digits', '--revise', ' '], /must have a plan, or the reason/],
    [['plan', 'digits', '--set', '/nowhere/PLAN.md'], /cannot be read/],
    [['abandon', 'digits', 'zero'], /It must be the number of a trial/],
    [['abandon', 'digits'], /missing required argument 'trial'/],
    [['decide', 'digits'], /missing required argument 'choice'/],
    [['resum', 'digits'], /unknown command 'resum'/],
    [['model', 'digits', ''], /It is empty: name a model as provider\/model/],
    [['pause', ''], /It is empty: `longrun list` shows/],
  ];
  for (const [words, says] of lines) {
    it(`refuses ${JSON.stringify(words).slice(0, 60)}`, async () => {
      const { status, stdout, stderr } = await runCommand(words, nowhere);
      assert.match(stderr, says);
      assert.deepEqual([status, stdout, stderr.includes('    at ')], [2, '', false], stderr);
    });
  }

  it('refuses a plan that is too long, and one that is empty', async () => {
    const file = join(folder(), 'PLAN.md');
    writeFileSync(file, 'a'.repeat(20_000));
    const long = await runCommand(['plan', 'digits', '--set', file], nowhere);
    assert.match(long.stderr, /PLAN\.md has more than the 16384 bytes that are taken; nothing was sent/);
    writeFileSync(file, '\n');
    const empty = await runCommand(['plan', 'digits', '--set', file], nowhere);
    assert.match(empty.stderr, /plan: must be Markdown that is not empty/);
    assert.deepEqual([long.status, empty.status], [2, 2]);
  });

  it('takes no word of what is no text', async () => {
    const file = join(folder(), 'words.bin');
    const commands = [
      { words: ['feedback', 'digits', '--file', file], consequence: 'sent' },
      { words: ['plan', 'digits', '--set', file], consequence: 'sent' },
      { words: ['start', file], consequence: 'started' },
      { words: ['start', file, '--config', file], consequence: 'started' },
    ];
    for (const bytes of [
      [0x68, 0xe9, 0x21],
      [0x68, 0, 0x21],
    ]) {
      writeFileSync(file, Buffer.from(bytes));
      for (const { words, consequence } of commands) {
        const stderr = `${file} is no UTF-8 text: nothing was ${consequence}.\n`;
        assert.deepEqual(await runCommand(words, nowhere), { status: 2, stdout: '', stderr });
      }
    }
  });

  it('refuses a megabyte of feedback from standard input', async () => {
    const environment = { PATH: process.env['PATH'], ...nowhere };
    const ended = await runLongrun(['feedback', 'digits', '-'], environment, 'a'.repeat(1024 * 1024));
    const stderr = 'Standard input has more than the 8192 bytes that are taken; nothing was sent.\n';
    assert.deepEqual(ended, { status: 2, stdout: '', stderr });
  });
});
