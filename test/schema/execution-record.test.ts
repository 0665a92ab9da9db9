import assert from 'node:assert/strict';
import { exitRecordSchema } from '../../workflows/schema/execution-record.ts';
import { anExit } from '../support/builders.ts';

describe('the exit record', () => {
  it('of a supervisor that was started before an update has dropped no output', () => {
    const { droppedOutputBytes: _unknown, ...earlier } = anExit();
    assert.deepEqual(exitRecordSchema.parse(earlier), anExit());
  });

  it('keeps how much output was dropped', () => {
    const exit = anExit({ droppedOutputBytes: 7, reason: 'outputQuota', message: 'too much' });
    assert.deepEqual(exitRecordSchema.parse(exit), exit);
  });

  it('with a reason that nobody knows is refused', () => {
    assert.equal(exitRecordSchema.safeParse({ ...anExit(), reason: 'bored' }).success, false);
  });
});
