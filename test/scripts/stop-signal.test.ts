import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { firstStopSignal, stopSignal } from '../../scripts/stop-signal.ts';

describe('SIGTERM', () => {
  const before = process.listeners('SIGTERM');
  const ours = () => process.listeners('SIGTERM').filter((listener) => !before.includes(listener));

  afterEach(() => {
    for (const listener of ours()) for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, listener);
  });

  it('ends no process that is stopping already, which says so once', async () => {
    const written: string[] = [];
    const write = mock.method(process.stderr, 'write', (text: string) => written.push(text) > 0);
    try {
      const stopped = stopSignal();
      process.emit('SIGTERM');
      await stopped;
      assert.deepEqual([ours().length, written], [1, []]);
      process.emit('SIGTERM');
      process.emit('SIGTERM');
    } finally {
      write.mock.restore();
    }
    assert.deepEqual([ours().length, written], [1, ['Still stopping: what was started is being ended.\n']]);
  });

  it('may end at once, the second time, a process that leaves nothing behind', async () => {
    const stopped = firstStopSignal();
    process.emit('SIGTERM');
    await stopped;
    assert.deepEqual(ours(), []);
  });
});
