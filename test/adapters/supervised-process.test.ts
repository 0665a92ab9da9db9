import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ensureExecution, type ExecutionSpec } from '../../activities/adapters/supervised-process.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { failureOf } from '../support/failures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aHost } from '../support/training.ts';

describe('a supervisor that is asked', () => {
  const folder = temporaryFolder();

  async function ask(python: string, spec: object) {
    return await failureOf(ensureExecution(python, join(folder(), 'control'), spec as ExecutionSpec));
  }

  it('in a wrong way fails for good, since no host would take it', async () => {
    const { type, nonRetryable, message } = await ask(aHost(folder()).supervisorPython, { identity: '' });
    assert.deepEqual({ type, nonRetryable }, { type: failureType.supervisorFailed, nonRetryable: true });
    assert.match(message, /identity/);
  });

  it('and ends before it has read what it was asked is worth a retry, and ends nobody else', async () => {
    const { type, nonRetryable } = await ask('/bin/false', { identity: 'x'.repeat(500_000) });
    assert.deepEqual({ type, nonRetryable }, { type: failureType.supervisorFailed, nonRetryable: false });
  });
});
