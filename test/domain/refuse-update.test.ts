import assert from 'node:assert/strict';
import type { Stage } from '../../workflows/domain/experiment-state.ts';
import { planHold } from '../../workflows/domain/hold.ts';
import { emptyMailbox, mostPlanChanges } from '../../workflows/domain/mailbox.ts';
import {
  refuseAbandonment,
  refuseDecision,
  refuseExtension,
  refusePlanChange,
  type Standing,
} from '../../workflows/domain/refuse-update.ts';
import { someSettings } from '../support/builders.ts';

const trial: Stage = { kind: 'trial', number: 7, step: 'widen' };

function standing(changes: Partial<Standing> = {}): Standing {
  return { stage: trial, hold: null, mailbox: emptyMailbox, budget: someSettings({}).budget, ...changes };
}

describe('an update that comes while the report is written', () => {
  const late = standing({ stage: { kind: 'reporting' } });
  it('extends no budget', () => assert.match(refuseExtension(late, { trials: 1 }) ?? '', /too late.*fork/));
  it('changes no plan', () => assert.match(refusePlanChange(late) ?? '', /too late.*fork/));
  it('abandons no trial', () => assert.equal(refuseAbandonment(late, 7), 'trial 7 is not running: no trial is'));
});

describe('an update that comes after a request to stop', () => {
  const stopping = standing({ mailbox: { ...emptyMailbox, stopRequest: { by: 'Ada', reason: 'enough' } } });
  it('extends no budget', () => assert.match(refuseExtension(stopping, { trials: 1 }) ?? '', /too late.*fork/));
  it('changes no plan', () => assert.match(refusePlanChange(stopping) ?? '', /too late.*fork/));
});

describe('an extension of the budget', () => {
  it('is taken up to 500 trials in all, also before the input is checked', () => {
    const opening = standing({ stage: { kind: 'opening' }, budget: null });
    assert.equal(refuseExtension(opening, { trials: 500 }), null);
    const extended = { ...opening, mailbox: { ...emptyMailbox, extension: { trials: 500 } } };
    assert.match(refuseExtension(extended, { trials: 1 }) ?? '', /^trials: .*500/);
  });

  it('is taken up to 500 trials, not beyond', () => {
    const budget = { ...someSettings({}).budget, trials: 499 };
    assert.equal(refuseExtension(standing({ budget }), { trials: 1 }), null);
    assert.match(refuseExtension(standing({ budget }), { trials: 2 }) ?? '', /^trials: .*500/);
  });
});

describe('a change of the plan', () => {
  it('is taken while a trial runs', () => assert.equal(refusePlanChange(standing()), null));

  it('is refused before there is a plan', () => {
    assert.match(refusePlanChange(standing({ stage: { kind: 'planning' } })) ?? '', /no plan yet/);
  });

  it('is refused when as many wait as make sense', () => {
    const change = { message: 1, hasPlan: false, by: 'Ada', reason: 'x' };
    const planChanges = Array.from({ length: mostPlanChanges }, () => change);
    assert.match(refusePlanChange(standing({ mailbox: { ...emptyMailbox, planChanges } })) ?? '', /20 changes/);
  });
});

describe('an abandonment', () => {
  it('of the running trial is taken', () => assert.equal(refuseAbandonment(standing(), 7), null));

  it('of another trial is refused with the one that runs', () => {
    assert.equal(refuseAbandonment(standing(), 3), 'trial 3 is not running: trial 7 is');
  });

  it('of a trial that is abandoned already is refused', () => {
    const mailbox = { ...emptyMailbox, abandoned: { trial: 7, by: 'Ada', reason: 'x' } };
    assert.equal(refuseAbandonment(standing({ mailbox }), 7), 'trial 7 is abandoned already');
  });
});

describe('a decision', () => {
  const hold = planHold({ version: 3, refusals: 1 }, 'noon');

  it('that is asked for is taken', () => {
    assert.equal(refuseDecision(standing({ hold }), { id: 'plan-3-2', choice: 'approve' }), null);
  });

  it('that nobody asked for is refused', () => {
    assert.match(refuseDecision(standing(), { id: 'plan-3-2', choice: 'approve' }) ?? '', /nobody asked for/);
  });

  it('other than the one that is asked for is refused with its id', () => {
    assert.match(
      refuseDecision(standing({ hold }), { id: 'plan-1', choice: 'approve' }) ?? '',
      /waited for is plan-3-2/,
    );
  });

  it('for a choice that there is not is refused with those that there are', () => {
    const problem = refuseDecision(standing({ hold }), { id: 'plan-3-2', choice: 'maybe' });
    assert.equal(problem, 'choice: must be approve or revise or stop');
  });

  it('that is made already is refused with what was decided', () => {
    const mailbox = { ...emptyMailbox, decision: { id: 'plan-3-2', choice: 'revise', by: 'Ada' } };
    const problem = refuseDecision(standing({ mailbox }), { id: 'plan-3-2', choice: 'approve' });
    assert.equal(problem, 'plan-3-2 is decided already: revise');
  });
});
