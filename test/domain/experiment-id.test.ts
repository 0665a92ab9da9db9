import assert from 'node:assert/strict';
import { experimentIdOf } from '../../workflows/domain/experiment-id.ts';
import { experimentIdSchema } from '../../workflows/schema/experiment-input.ts';

describe('the id of an experiment', () => {
  it('is the id of its workflow', () => {
    assert.equal(experimentIdOf('digits-1'), 'digits-1');
  });

  it('has no colons where a schedule appended the time, and so can name a folder', () => {
    const id = experimentIdOf('nightly-2026-11-29T03:00:00Z');
    assert.equal(id, 'nightly-2026-11-29T030000Z');
    assert.ok(experimentIdSchema.safeParse(id).success);
  });

  for (const id of [
    'a:b',
    'nightly-2026-11-29T03:00:00Z-2',
    'nightly-2026-11-29T03:00:00.5Z',
    '2026-11-29T03:00:00Z',
  ]) {
    it(`keeps the colons of ${id}, which is refused for them`, () => {
      assert.equal(experimentIdOf(id), id);
      assert.ok(!experimentIdSchema.safeParse(id).success);
    });
  }
});
