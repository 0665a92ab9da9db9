import assert from 'node:assert/strict';
import { introduction } from '../../../scripts/demo/introduction.ts';

describe('the introduction of the demo', () => {
  it('fits a terminal of 80 columns', () => {
    const wide = introduction.split('\n').filter((line) => line.length > 80);
    assert.deepEqual(wide, []);
  });
});
