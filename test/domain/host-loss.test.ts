import assert from 'node:assert/strict';
import { afterLoss } from '../../workflows/domain/host-loss.ts';

const onAlpha = { host: 'alpha', faults: 1 };

describe('after the loss of a watcher', () => {
  it('the next one goes to the host that its last heartbeat named', () => {
    const loss = { kind: 'watcherLost', details: { host: 'beta', step: 5 } } as const;
    assert.deepEqual(afterLoss(loss, onAlpha), { host: 'beta', delaySeconds: 0 });
  });

  for (const details of [undefined, null, 'alpha', 5, [], {}, { host: 5 }, { host: null }]) {
    it(`the next one stays with the known host when the heartbeat says ${JSON.stringify(details)}`, () => {
      assert.deepEqual(afterLoss({ kind: 'watcherLost', details }, onAlpha), { host: 'alpha', delaySeconds: 0 });
    });
  }

  it('the next one goes to any host when none is known', () => {
    const loss = { kind: 'watcherLost', details: undefined } as const;
    assert.deepEqual(afterLoss(loss, { host: null, faults: 0 }), { host: null, delaySeconds: 0 });
  });
});

describe('after a host fell silent', () => {
  it('the work goes to any host', () => {
    assert.deepEqual(afterLoss({ kind: 'hostSilent' }, onAlpha), { host: null, delaySeconds: 0 });
  });
});

const delayAfter = (faults: number) => afterLoss({ kind: 'fault' }, { host: 'alpha', faults })?.delaySeconds;

describe('after a fault of a host', () => {
  it('the same host is asked again', () => {
    assert.equal(afterLoss({ kind: 'fault' }, onAlpha)?.host, 'alpha');
  });

  it('each wait is twice as long as the one before, up to a minute', () => {
    assert.deepEqual([1, 2, 3, 5, 6, 7, 1000].map(delayAfter), [2, 4, 8, 32, 60, 60, 60]);
  });

  it('it is asked for about a day and then no more', () => {
    assert.deepEqual([delayAfter(1500), delayAfter(1501)], [60, undefined]);
  });
});

describe('after a failure that is final', () => {
  it('there is no next attempt', () => {
    assert.equal(afterLoss({ kind: 'final' }, onAlpha), null);
  });
});
