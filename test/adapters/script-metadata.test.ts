import assert from 'node:assert/strict';
import { scriptMetadata } from '../../activities/adapters/script-metadata.ts';

const declaring = (toml: string): string =>
  ['# /// script', ...toml.split('\n').map((line) => (line === '' ? '#' : `# ${line}`)), '# ///', 'import os'].join(
    '\n',
  );

describe('what a script declares', () => {
  it('is nothing when there is no block', () => {
    assert.deepEqual(scriptMetadata('import numpy\n# /// nothing\n'), { kind: 'none' });
  });

  it('is nothing when the block names no package', () => {
    assert.deepEqual(scriptMetadata(declaring('requires-python = ">=3.11"\ndependencies = []')), { kind: 'none' });
  });

  it('is every package with its versions, under its normalized name', () => {
    assert.deepEqual(
      scriptMetadata(declaring('dependencies = [\n  "Some_Package[extra] >= 2, < 3",\n\n  "einops",\n]')),
      {
        kind: 'declared',
        requirements: [
          { name: 'some-package', text: 'Some_Package[extra] >= 2, < 3' },
          { name: 'einops', text: 'einops' },
        ],
      },
    );
  });

  const hidden = [
    'x>=1\nother',
    'x>=1\r\nother',
    'x>=1\u00a0other',
    'x\n>=1',
    'x[a]\nother',
    '\nx',
    'x>=1\n',
    'x>=1\0',
  ];
  const unlike = ['x @ https://127.0.0.1/x.whl', 'git+https://127.0.0.1/x', './x', '--index-url=x', ''];
  for (const requirement of [...unlike, ...hidden]) {
    it(`is unreadable with ${JSON.stringify(requirement)} for a package`, () => {
      assert.equal(scriptMetadata(declaring(`dependencies = [${JSON.stringify(requirement)}]`)).kind, 'unreadable');
    });
  }

  for (const toml of ['dependencies = "einops"', 'dependencies = [', 'dependencies = [1]']) {
    it(`is unreadable when it is ${JSON.stringify(toml)}`, () => {
      assert.equal(scriptMetadata(declaring(toml)).kind, 'unreadable');
    });
  }

  it('is unreadable when it is said twice', () => {
    const block = declaring('dependencies = ["einops"]');
    assert.equal(scriptMetadata(`${block}\n${block}`).kind, 'unreadable');
  });
});
