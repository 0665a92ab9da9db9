import assert from 'node:assert/strict';
import {
  afterFailure,
  noAttempts,
  withTargets,
  type AfterFailure,
  type FailedAttempt,
} from '../../activities/call-attempts.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';

const {
  modelUnavailable,
  modelRateLimited,
  modelIncompleteReply,
  modelPromptTooLong,
  modelPromptNeverFits,
  modelKeepsBreakingOff,
  modelFormatUnsupported,
  modelFallsBack,
  modelNoCredit,
  modelUnauthorized,
  modelOutputLimitTooHigh,
  modelBadRequest,
} = failureType;

const [best, second, third] = ['openai/best', 'anthropic/second', 'ollama/third'];
const paid = { calls: 1, inputTokens: 100, outputTokens: 10, cost: 0.5, unpricedCalls: 0 };

interface Failing {
  targets?: string[];
  isLimitLearnt?: boolean;
  spent?: FailedAttempt['spent'];
}

/** A call whose attempts fail like this, each with the model that is its turn; what followed from each. */
function allAfter(
  types: string[],
  { targets = [best], spent = null, isLimitLearnt = false }: Failing = {},
): AfterFailure[] {
  const steps: AfterFailure[] = [];
  for (const [index, type] of types.entries()) {
    const earlier = steps.at(-1)?.attempts ?? noAttempts;
    const target = earlier.target ?? targets[0] ?? best;
    const at = `2026-01-02T03:04:${String(index).padStart(2, '0')}.000Z`;
    steps.push(afterFailure(earlier, { target, type, at, spent, isLimitLearnt }, targets));
  }
  return steps;
}

function after(types: string[], failing?: Failing): AfterFailure {
  const last = allAfter(types, failing).at(-1);
  assert.ok(last !== undefined);
  return last;
}

function times(count: number, type: string): string[] {
  return Array.from({ length: count }, () => type);
}

/** The models whose turn it is after each failure. */
function turns(types: string[], targets: string[]): (string | null)[] {
  return allAfter(types, { targets }).map(({ attempts }) => attempts.target);
}

describe('a model that cannot be reached', () => {
  for (const type of [modelUnavailable, modelRateLimited, modelIncompleteReply]) {
    it(`is asked again when the retry policy says so, after ${type}`, () => {
      const { attempts, ...next } = after([type], { targets: [best, second] });
      assert.deepEqual([next, attempts.target], [{ type, delaySeconds: null }, null]);
    });

    it(`gives way to its fallback at once with the third ${type} in a row`, () => {
      const { attempts, type: next, delaySeconds } = after(times(3, type), { targets: [best, second] });
      assert.deepEqual([next, attempts.target], [modelFallsBack, second]);
      assert.ok(delaySeconds !== null && delaySeconds < 1);
    });
  }

  it('is asked for ever where there is no fallback', () => {
    const { attempts, ...next } = after(times(1000, modelUnavailable));
    assert.deepEqual([next, attempts.target], [{ type: modelUnavailable, delaySeconds: null }, null]);
  });

  it('has its turn again when every fallback has failed as often', () => {
    assert.deepEqual(
      turns(times(9, modelUnavailable), [best, second, third]).filter((_, index) => index % 3 === 2),
      [second, third, best],
    );
  });

  it('is not given up for failures that lie before its turn', () => {
    const types = [...times(3, modelUnavailable), modelUnavailable, modelUnavailable];
    assert.deepEqual(after(types, { targets: [best, second] }).type, modelUnavailable);
  });

  it('gives way to the first model where people have chosen others meanwhile', () => {
    const steps = allAfter(times(3, modelUnavailable), { targets: [best, second] });
    const failure = { target: second, type: modelNoCredit, at: 'noon', spent: null, isLimitLearnt: false };
    assert.equal(afterFailure(steps[2]?.attempts ?? noAttempts, failure, [third, best]).attempts.target, third);
  });
});

describe('a model that a person has to do something for', () => {
  it('is that person’s turn at once where it has no fallback', () => {
    const { attempts, ...next } = after([modelNoCredit]);
    assert.deepEqual(
      [next, attempts.target, attempts.blocked],
      [{ type: modelNoCredit, delaySeconds: null }, null, []],
    );
  });

  it('gives way to its fallback at once', () => {
    const { attempts, type } = after([modelNoCredit], { targets: [best, second] });
    assert.deepEqual(
      [type, attempts.target, attempts.blocked],
      [modelFallsBack, second, [{ target: best, isCostly: false }]],
    );
  });

  it('is the person’s turn when no fallback is left, for the reason of the last one', () => {
    const { type } = after([modelNoCredit, modelUnauthorized], { targets: [best, second] });
    assert.equal(type, modelUnauthorized);
  });

  it('is asked first again after the person’s turn, as if nothing was blocked', () => {
    const { attempts } = after([modelNoCredit, modelUnauthorized], { targets: [best, second] });
    assert.deepEqual([attempts.target, attempts.blocked], [null, []]);
  });

  it('is left out when its fallbacks cannot be reached', () => {
    const types = [modelNoCredit, ...times(6, modelUnavailable)];
    assert.deepEqual(turns(types, [best, second, third]).at(-1), second);
  });

  it('is asked again after a while where its only fallback cannot be reached', () => {
    const { attempts, type } = after([modelNoCredit, ...times(3, modelUnavailable)], { targets: [best, second] });
    assert.deepEqual([type, attempts.target, attempts.blocked], [modelFallsBack, best, []]);
  });
});

describe('a model that cannot be asked again for nothing', () => {
  it('stays out where all others are away: one that breaks off is paid for each time', () => {
    const breakOffs = times(20, modelIncompleteReply);
    const { attempts } = after([...breakOffs, ...times(12, modelUnavailable)], { targets: [best, second] });
    assert.deepEqual(
      attempts.blocked.map(({ isCostly }) => isCostly),
      [true],
    );
  });
});

describe('a limit of the reply that is too high', () => {
  it('is lowered at once where something was learnt', () => {
    const { type, delaySeconds } = after([modelOutputLimitTooHigh], { isLimitLearnt: true });
    assert.deepEqual([type, delaySeconds === null], [modelOutputLimitTooHigh, false]);
  });

  it('is a person’s affair where nothing was, so that it never goes on like this', () => {
    assert.equal(after([modelOutputLimitTooHigh]).type, modelBadRequest);
  });
});

describe('other models than before', () => {
  it('are begun with the first of them, and keep what was spent', () => {
    const { attempts } = after([modelNoCredit], { targets: [best, second], spent: paid });
    const { target, blocked, spent } = withTargets(attempts, [third, second]);
    assert.deepEqual([target, blocked, spent], [null, [], paid]);
  });
});

describe('a prompt that is too long', () => {
  it('is made smaller and sent again at once, to the same model', () => {
    const { attempts, type, delaySeconds } = after([modelPromptTooLong], { targets: [best, second] });
    assert.deepEqual([type, attempts.blindShrinks, attempts.target], [modelPromptTooLong, 1, null]);
    assert.ok(delaySeconds !== null && delaySeconds < 1);
  });

  it('is made smaller twice at most, then a person has to do something', () => {
    const types = allAfter(times(3, modelPromptTooLong)).map(({ type }) => type);
    assert.deepEqual(types, [modelPromptTooLong, modelPromptTooLong, modelPromptNeverFits]);
  });

  it('goes to the fallback in its full length', () => {
    const { attempts, type } = after(times(3, modelPromptTooLong), { targets: [best, second] });
    assert.deepEqual([type, attempts.target, attempts.shrinks], [modelFallsBack, second, 0]);
  });

  it('stays small while the model cannot be reached', () => {
    assert.equal(after([modelPromptTooLong, modelUnavailable]).attempts.shrinks, 1);
  });

  it('begins the count of failures in a row anew', () => {
    const types = [modelUnavailable, modelUnavailable, modelPromptTooLong, modelUnavailable];
    assert.equal(after(types, { targets: [best, second] }).type, modelUnavailable);
  });
});

describe('a reply that breaks off', () => {
  it('is asked for anew soon, four times', () => {
    const delays = allAfter(times(4, modelIncompleteReply)).map(({ delaySeconds }) => delaySeconds);
    assert.deepEqual(delays, [null, null, null, null]);
  });

  it('is asked for ever so seldom from the fifth time on, since it is paid for', () => {
    const delays = allAfter(times(19, modelIncompleteReply)).map(({ delaySeconds }) => delaySeconds);
    assert.deepEqual(
      delays.slice(4),
      Array.from({ length: 15 }, () => 900),
    );
  });

  it('goes to a fallback without waiting', () => {
    const { type, delaySeconds } = after(times(6, modelIncompleteReply), { targets: [best, second] });
    assert.equal(type, modelFallsBack);
    assert.ok(delaySeconds !== null && delaySeconds < 1);
  });

  it('is a person’s turn the twentieth time', () => {
    const { attempts: _, ...next } = after(times(20, modelIncompleteReply));
    assert.deepEqual(next, { type: modelKeepsBreakingOff, delaySeconds: null });
  });

  it('is asked for twenty times more after that person’s turn', () => {
    assert.equal(after(times(39, modelIncompleteReply)).type, modelIncompleteReply);
    assert.equal(after(times(40, modelIncompleteReply)).type, modelKeepsBreakingOff);
  });
});

describe('any other failure', () => {
  it('of a format is met at once, by the next rung of the ladder', () => {
    const { type, delaySeconds } = after([modelFormatUnsupported]);
    assert.equal(type, modelFormatUnsupported);
    assert.ok(delaySeconds !== null && delaySeconds < 1);
  });

  it('is left to the retry policy', () => {
    const { attempts: _, ...next } = after([failureType.artifactStoreUnavailable], { targets: [best, second] });
    assert.deepEqual(next, { type: failureType.artifactStoreUnavailable, delaySeconds: null });
  });
});

describe('what is kept of failed attempts', () => {
  it('is a line for equal ones, with their number and the times of the first and the last', () => {
    assert.deepEqual(after(times(3, modelUnavailable)).attempts.failures, [
      {
        target: best,
        type: modelUnavailable,
        count: 3,
        firstAt: '2026-01-02T03:04:00.000Z',
        lastAt: '2026-01-02T03:04:02.000Z',
      },
    ]);
  });

  it('is a line for each model and each kind of failure', () => {
    const types = [modelUnavailable, modelNoCredit, modelUnavailable, modelRateLimited, modelUnavailable];
    const { failures } = after(types, { targets: [best, second] }).attempts;
    assert.deepEqual(
      failures.map(({ target, type, count }) => [target, type, count]),
      [
        [best, modelUnavailable, 1],
        [best, modelNoCredit, 1],
        [second, modelRateLimited, 1],
        [second, modelUnavailable, 2],
      ],
    );
  });

  it('keeps what a person has mended since', () => {
    assert.equal(after([modelNoCredit, modelNoCredit]).attempts.failures[0]?.count, 2);
  });

  it('is the sum of what they cost', () => {
    const { spent } = after(times(2, modelIncompleteReply), { spent: paid }).attempts;
    assert.deepEqual(spent, { calls: 2, inputTokens: 200, outputTokens: 20, cost: 1, unpricedCalls: 0 });
  });

  it('is no cost for those that cost nothing', () => {
    assert.deepEqual(after([modelUnavailable]).attempts.spent, noAttempts.spent);
  });

  it('is what it was before, for whoever holds that', () => {
    const before = structuredClone(noAttempts);
    after(times(3, modelNoCredit), { targets: [best, second], spent: paid });
    assert.deepEqual(noAttempts, before);
  });
});
