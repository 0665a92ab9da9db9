import assert from 'node:assert/strict';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { budgetHold, describeHold, holdFor, isProbed, waitingFailureTypes } from '../../workflows/domain/hold.ts';

const since = '2026-01-02T03:04:05.000Z';
const costly: string[] = [
  failureType.modelRefuses,
  failureType.modelKeepsBreakingOff,
  failureType.modelPromptNeverFits,
];
const free = waitingFailureTypes.filter((type) => !costly.includes(type));

function mendOf(type: string): string {
  const hold = holdFor(type, 'It failed.', since);
  assert.ok(hold !== null, `${type} has no mend`);
  return hold.mend;
}

const mends: [type: string, mend: RegExp][] = [
  [failureType.modelNoCredit, /^Add credit at the provider, .*`changeModel`/],
  [failureType.modelSpendLimit, /^Raise the spending limit at the provider, .*`changeModel`/],
  [failureType.modelUnauthorized, /^Set the key and start the `llm` worker again, .*`changeModel`/],
  [failureType.modelNotConfigured, /^Configure the model and start the `llm` worker again, .*`changeModel`/],
  [failureType.modelUnknown, /^Choose a model that the provider has with the update `changeModel`/],
  [failureType.modelBadRequest, /^See why the provider refuses the request, .*`changeModel`/],
  [failureType.modelRefuses, /^Say with the signal `feedback` what the experiment is about, .*`changeModel`/],
  [failureType.modelKeepsBreakingOff, /^See why the server breaks off its replies, .*`changeModel`/],
  [failureType.modelPromptNeverFits, /^Give the model a larger context .*`changeModel`/],
];

describe('what is waited for', () => {
  it('is every failure that a person has to mend, and no other', () => {
    assert.deepEqual(waitingFailureTypes.toSorted(), mends.map(([type]) => type).toSorted());
  });

  for (const [type, mend] of mends) {
    it(`says what to do about ${type}`, () => assert.match(mendOf(type), mend));
  }

  it('keeps the failure, its problem and its time', () => {
    const { mend: _, ...rest } = holdFor(failureType.modelNoCredit, 'No credit.', since) ?? { mend: '' };
    assert.deepEqual(rest, { type: failureType.modelNoCredit, problem: 'No credit.', since });
  });

  for (const type of [
    failureType.modelUnavailable,
    failureType.modelRateLimited,
    failureType.modelIncompleteReply,
    failureType.modelPromptTooLong,
    failureType.modelFormatUnsupported,
    failureType.modelFallsBack,
    failureType.artifactStoreUnavailable,
    'Error',
    '',
  ]) {
    it(`is nobody after "${type}", which is retried by itself`, () => {
      assert.equal(holdFor(type, 'It failed.', since), null);
    });
  }

  for (const type of free) {
    it(`is tried again by itself, and says so, where that costs nothing: ${type}`, () => {
      const hold = holdFor(type, 'It failed.', since);
      assert.equal(hold !== null && isProbed(hold), true);
      assert.match(mendOf(type), /tried again by itself .*`resume`\.$/);
    });
  }

  for (const type of costly) {
    it(`is tried again by a person alone, and says so, where that costs money: ${type}`, () => {
      const hold = holdFor(type, 'It failed.', since);
      assert.equal(hold !== null && isProbed(hold), false);
      assert.match(mendOf(type), /; then send `resume`\.$/);
    });
  }

  it('is more of the budget where that is spent', () => {
    const hold = budgetHold('all 3 calls are used.', since);
    assert.deepEqual([hold.type, hold.problem, hold.since], ['Budget.Spent', 'all 3 calls are used.', since]);
    assert.match(hold.mend, /`extendBudget`.*`stop`/);
  });

  it('is never given by asking for it, where it is more of the budget', () => {
    assert.equal(isProbed(budgetHold('all 3 calls are used.', since)), false);
  });

  it('is described with the time, the problem and the mend', () => {
    const hold = { type: failureType.modelNoCredit, problem: 'No credit.', mend: 'Add some.', since };
    assert.equal(describeHold(hold), `Waits for a person since ${since}: No credit. Add some.`);
  });
});
