import assert from 'node:assert/strict';
import { applyEdits, parseEdits } from '../../activities/script-edits.ts';

const script = 'a = 1\nb = 2\nmax_a = 1\n\ndef f():\n    return a\n';
const block = (search: string, replace: string) => `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE`;

describe('the edits of a script', () => {
  it('are read in their order, with prose around them', () => {
    const reply = `First:\n\n${block('a = 1', 'a = 3')}\n\nThen:\n\n${block('b = 2', 'b = 4')}\nDone.`;
    assert.deepEqual(parseEdits(reply), {
      kind: 'edits',
      edits: [
        { search: 'a = 1', replace: 'a = 3' },
        { search: 'b = 2', replace: 'b = 4' },
      ],
    });
  });

  it('may take lines away', () => {
    const edits = [{ search: 'b = 2', replace: '' }];
    assert.deepEqual(parseEdits('<<<<<<< SEARCH\nb = 2\n=======\n>>>>>>> REPLACE'), { kind: 'edits', edits });
  });

  it('are none in a reply without any', () => {
    assert.deepEqual(parseEdits('```python\nx = 1\n```'), { kind: 'edits', edits: [] });
  });

  const malformed: [what: string, reply: string, edit: number][] = [
    ['is not closed', '<<<<<<< SEARCH\na = 1\n=======\na = 3', 1],
    ['is closed by another mark', `${block('a = 1', 'a = 3')}\n<<<<<<< SEARCH\nb\n=======\nc\n>>>>>>> REPLACE.\n`, 2],
    ['has no middle', '<<<<<<< SEARCH\na = 1\n>>>>>>> REPLACE', 1],
    ['has two middles', block('Title\n=======\ntext', 'x'), 1],
    ['begins before another has ended', `<<<<<<< SEARCH\na = 1\n${block('b = 2', 'b = 4')}`, 1],
  ];
  for (const [what, reply, edit] of malformed) {
    it(`are refused, all of them, where one ${what}`, () => {
      const problem = `edit ${edit} is not SEARCH, =======, REPLACE`;
      assert.deepEqual(parseEdits(reply), { kind: 'malformed', problem });
    });
  }

  it('replace the one place that they name', () => {
    const edits = [{ search: 'def f():\n    return a', replace: 'def f():\n    return b' }];
    assert.deepEqual(applyEdits(script, edits), { kind: 'edited', script: script.replace('return a', 'return b') });
  });

  it('name whole lines: the end of another line is no place', () => {
    const edited = applyEdits(script, [{ search: 'a = 1', replace: 'a = 9' }]);
    assert.deepEqual(edited, { kind: 'edited', script: script.replace('a = 1', 'a = 9') });
  });

  it('see what the edits before them have made', () => {
    const edits = [
      { search: 'b = 2', replace: 'c = 2' },
      { search: 'c = 2', replace: 'd = 2' },
    ];
    assert.deepEqual(applyEdits(script, edits), { kind: 'edited', script: script.replace('b = 2', 'd = 2') });
  });

  const inapplicable: [what: string, search: string, problem: RegExp][] = [
    ['no place', 'z = 1', /edit 1 \("z = 1\.\.\."\) is not in the script/],
    ['two places', 'x = 1', /is in the script 2 times/],
    ['nothing', '', /is not in the script/],
  ];
  for (const [what, search, problem] of inapplicable) {
    it(`do not apply where one names ${what}`, () => {
      const edited = applyEdits(`x = 1\ny = 1\nx = 1\n`, [{ search, replace: 'q' }]);
      assert.ok(edited.kind === 'inapplicable');
      assert.match(edited.problem, problem);
    });
  }
});
