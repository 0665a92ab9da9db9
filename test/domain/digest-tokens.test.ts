import assert from 'node:assert/strict';
import { digestTokens } from '../../workflows/domain/digest-tokens.ts';

describe('the tokens of a log’s digest', () => {
  it('are 8,000 where a trial has one or two logs', () => {
    assert.deepEqual([1, 2].map(digestTokens), [8_000, 8_000]);
  });

  it('are never more than 23,000 for all logs of a trial that has at most 46', () => {
    for (let logs = 1; logs <= 46; logs += 1) assert.ok(logs * digestTokens(logs) <= 23_000, `${logs} logs`);
  });

  it('use nearly all of that where several logs share it', () => {
    for (let logs = 3; logs <= 23; logs += 1) assert.ok(logs * digestTokens(logs) > 23_000 - logs, `${logs} logs`);
  });

  it('are 500 at least, however many logs there are', () => {
    assert.deepEqual([46, 47, 100].map(digestTokens), [500, 500, 500]);
  });

  it('are whole numbers', () => {
    for (let logs = 1; logs <= 50; logs += 1) assert.ok(Number.isInteger(digestTokens(logs)), `${logs} logs`);
  });
});
