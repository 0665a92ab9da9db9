import assert from 'node:assert/strict';
import { splitFrontMatter } from '../../../scripts/start/front-matter.ts';

describe('front matter', () => {
  const cases: [what: string, text: string, split: ReturnType<typeof splitFrontMatter>][] = [
    ['is parted from the idea', '---\na: 1\nb: 2\n---\n# Idea\n', { frontMatter: 'a: 1\nb: 2', idea: '# Idea\n' }],
    ['may be absent', '# Idea\n---\nx\n---\n', { frontMatter: null, idea: '# Idea\n---\nx\n---\n' }],
    ['may be empty', '---\n---\nIdea', { frontMatter: '', idea: 'Idea' }],
    ['may have the line ends of Windows', '---\r\na: 1\r\n---\r\nIdea\r\n', { frontMatter: 'a: 1', idea: 'Idea\r\n' }],
    ['may follow a byte order mark', '\uFEFF---\na: 1\n---\nIdea', { frontMatter: 'a: 1', idea: 'Idea' }],
    [
      'ends at the first line that ends it',
      '---\na: 1\n---\nIdea\n---\n',
      { frontMatter: 'a: 1', idea: 'Idea\n---\n' },
    ],
    ['does not begin with four dashes', '----\na\n---\n', { frontMatter: null, idea: '----\na\n---\n' }],
    ['is not ended by dashes in a value', '---\na: "x ---"\n', null],
    ['without an end is none', '---\na: 1\n', null],
  ];
  for (const [what, text, split] of cases) {
    it(what, () => assert.deepEqual(splitFrontMatter(text), split));
  }
});
