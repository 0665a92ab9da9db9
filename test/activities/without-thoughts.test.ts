import assert from 'node:assert/strict';
import { withoutThoughts } from '../../activities/without-thoughts.ts';

describe('a reply without its thoughts', () => {
  const replies: [what: string, reply: string, rest: string][] = [
    ['has none', '# Plan\n\nTry it.', '# Plan\n\nTry it.'],
    ['thinks first', '<think>\nHm.\n</think>\n# Plan', '# Plan'],
    ['thinks first, with its first tag in the template', 'Hm.\n```python\nx = 1\n```\n</think>\n# Plan', '# Plan'],
    [
      'has the closing tag in a script',
      '# T\n\n```python\nx = """\n</think>\n"""\n```',
      '# T\n\n```python\nx = """\n</think>\n"""\n```',
    ],
    ['never ends thinking', '<think>\nHm.', ''],
    ['speaks of the tags', 'Look for <think> and </think>\nin it.', 'Look for <think> and </think>\nin it.'],
    ['has the closing tag within a line', 'text.split("</think>")[1]\n', 'text.split("</think>")[1]\n'],
  ];
  for (const [what, reply, rest] of replies) {
    it(`is right where it ${what}`, () => assert.equal(withoutThoughts(reply), rest));
  }

  it('takes no time to speak of, however long it is', () => {
    const long = 'step 1 loss 0.5\n'.repeat(130_000);
    assert.equal(withoutThoughts(long), long);
  }).timeout(5_000);
});
