import assert from 'node:assert/strict';
import { afterLoss, afterLossWhilePaused, type Attempt, type Loss } from '../../workflows/domain/host-loss.ts';

function anAttempt(overrides: Partial<Attempt> = {}): Attempt {
  return {
    host: 'alpha',
    placement: { number: 1, earlierHosts: [] },
    faults: 0,
    busy: 0,
    isEquipped: true,
    ...overrides,
  };
}

const onlyHost = false;
const oneOfSeveral = true;
const fault = { kind: 'fault', details: undefined, isOfHost: false } as const;

describe('after the loss of a watcher', () => {
  it('the next one goes to the host that its last heartbeat named', () => {
    const loss = { kind: 'watcherLost', details: { host: 'beta', step: 5 } } as const;
    const attempt = anAttempt({ host: 'beta' });
    assert.deepEqual(afterLoss(loss, anAttempt(), onlyHost), { attempt, delaySeconds: 0, mayRun: true });
  });

  for (const details of [undefined, null, 'alpha', 5, [], {}, { host: 5 }, { host: null }]) {
    it(`the next one stays with the known host when the heartbeat says ${JSON.stringify(details)}`, () => {
      const next = afterLoss({ kind: 'watcherLost', details }, anAttempt(), onlyHost);
      assert.deepEqual(next, { attempt: anAttempt(), delaySeconds: 0, mayRun: true });
    });
  }

  it('the next one goes to any host when none is known', () => {
    const loss = { kind: 'watcherLost', details: undefined } as const;
    const next = afterLoss(loss, anAttempt({ host: null }), onlyHost);
    assert.deepEqual([next?.attempt.host, next?.mayRun], [null, false]);
  });
});

describe('after a host fell silent', () => {
  it('the work goes to any host, as a new placement that knows the one before', () => {
    assert.deepEqual(afterLoss({ kind: 'hostSilent' }, anAttempt(), oneOfSeveral), {
      attempt: anAttempt({ host: null, placement: { number: 2, earlierHosts: ['alpha'] } }),
      delaySeconds: 0,
      mayRun: false,
    });
  });
});

describe('after a host said that it lacks something', () => {
  it('it gets that first, once', () => {
    const loss = { kind: 'notEquipped', details: { host: 'beta' } } as const;
    const next = afterLoss(loss, anAttempt({ host: null }), oneOfSeveral)?.attempt ?? anAttempt();
    assert.deepEqual([next.host, next.isEquipped], ['beta', false]);
    const later = afterLoss({ kind: 'watcherLost', details: undefined }, next, oneOfSeveral);
    assert.equal(later?.attempt.isEquipped, true);
  });
});

describe('after a person paused it', () => {
  it('it goes on where it stands, and nothing runs until then', () => {
    const next = afterLoss({ kind: 'paused', details: { host: 'beta' } }, anAttempt({ host: null }), oneOfSeveral);
    assert.deepEqual(next, { attempt: anAttempt({ host: 'beta' }), delaySeconds: 0, mayRun: false });
  });
});

describe('after a host was busy', () => {
  it('it is asked again ever later, which counts as no fault', () => {
    const next = afterLoss({ kind: 'hostBusy' }, anAttempt({ busy: 2 }), oneOfSeveral);
    assert.deepEqual(next, { attempt: anAttempt({ busy: 3 }), delaySeconds: 8, mayRun: false });
  });
});

const delayAfter = (faults: number) => afterLoss(fault, anAttempt({ faults: faults - 1 }), onlyHost)?.delaySeconds;

describe('after a fault', () => {
  it('the next attempt is on the host that the failure names, where the checkpoint is', () => {
    const loss = { kind: 'fault', details: { host: 'beta' }, isOfHost: false } as const;
    assert.equal(afterLoss(loss, anAttempt({ host: null }), oneOfSeveral)?.attempt.host, 'beta');
  });

  it('of the host itself the next attempt is elsewhere, from its checkpoint', () => {
    const loss = { kind: 'fault', details: { host: 'alpha' }, isOfHost: true } as const;
    const { host, placement } = afterLoss(loss, anAttempt({ host: null }), oneOfSeveral)?.attempt ?? anAttempt();
    assert.deepEqual({ host, placement }, { host: null, placement: { number: 2, earlierHosts: ['alpha'] } });
  });

  it('of the only host the next attempt is there all the same', () => {
    const loss = { kind: 'fault', details: { host: 'alpha' }, isOfHost: true } as const;
    assert.equal(afterLoss(loss, anAttempt(), onlyHost)?.attempt.host, 'alpha');
  });

  it('each wait is twice as long as the one before, up to ten minutes', () => {
    assert.deepEqual([1, 2, 3, 9, 10, 200].map(delayAfter), [2, 4, 8, 512, 600, 600]);
  });

  it('it is tried for about a day and a half and then no more', () => {
    assert.deepEqual([delayAfter(200), delayAfter(201)], [600, undefined]);
  });
});

describe('after a failure that is final', () => {
  it('there is no next attempt', () => {
    const loss: Loss = { kind: 'final' };
    assert.equal(afterLoss(loss, anAttempt(), oneOfSeveral), null);
  });
});

/** A thousand times the same fault while it is paused. */
function afterMany(attempt: Attempt) {
  let next = afterLossWhilePaused(fault, attempt, onlyHost);
  for (let times = 1; times < 1_000 && next !== null; times += 1) {
    next = afterLossWhilePaused(fault, next.attempt, onlyHost);
  }
  return next ?? assert.fail('it was given up');
}

describe('a fault while an experiment is paused', () => {
  it('is tried again as seldom as any, however often it comes', () => {
    assert.equal(afterMany(anAttempt()).delaySeconds, 600);
  });

  it('neither uses up patience nor gives it back', () => {
    assert.deepEqual(
      [0, 150, 200].map((faults) => afterMany(anAttempt({ faults })).attempt.faults),
      [10, 150, 200],
    );
  });
});
