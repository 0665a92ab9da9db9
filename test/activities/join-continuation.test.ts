import assert from 'node:assert/strict';
import { joinContinuation } from '../../activities/join-continuation.ts';

describe('a reply and its continuation', () => {
  it('are joined as they are', () => {
    assert.equal(joinContinuation('def trai', 'n():\n    pass\n'), 'def train():\n    pass\n');
  });

  it('are joined without the fence that was opened again', () => {
    assert.equal(joinContinuation('```python\nx = 1\n', '```python\ny = 2\n```'), '```python\nx = 1\ny = 2\n```');
  });

  it('keep a fence that is opened for the first time', () => {
    assert.equal(joinContinuation('Text.\n\n', '```python\nx = 1\n```'), 'Text.\n\n```python\nx = 1\n```');
  });

  it('keep the fence that closes the open one', () => {
    assert.equal(joinContinuation('```python\nx = 1\n', '```\nDone.'), '```python\nx = 1\n```\nDone.');
  });

  it('are joined without the words that were repeated', () => {
    const line = 'optimizer = Adam(learning_rate=0.001)\n';
    assert.equal(joinContinuation(`x = 1\n${line}`, `${line}y = 2\n`), `x = 1\n${line}y = 2\n`);
  });

  it('keep a pattern that goes on', () => {
    const zeros = '0, '.repeat(30);
    assert.equal(joinContinuation(`x = [${zeros}`, `${zeros}1]`), `x = [${zeros}${zeros}1]`);
  });

  it('keep a few equal characters, which may be chance', () => {
    assert.equal(joinContinuation('x = 11', '11\n'), 'x = 1111\n');
  });
});
