import assert from 'node:assert/strict';
import { describeMessage, type PersonMessage } from '../../workflows/domain/person-message.ts';
import { messageBytes } from '../../workflows/domain/read-payload.ts';
import {
  readAbandonment,
  readDecision,
  readExtension,
  readModelChange,
  readPlanChange,
  type UpdateReading,
} from '../../workflows/domain/read-update.ts';

const at = '2026-01-02T03:04:05.000Z';

/** What the sender of an update is told is wrong with it. */
function faultOf(reading: UpdateReading<unknown>): string {
  assert.ok('problem' in reading, `${JSON.stringify(reading)} was taken`);
  return reading.problem;
}

describe('an extension of the budget', () => {
  it('may add to every part', () => {
    const value = { trials: 1, hours: 0.5, gpuHours: 0.25, tokens: 1000, usd: 2.5, calls: 3 };
    assert.deepEqual(readExtension(value), { value, by: 'somebody', id: null });
  });

  it('keeps its sender and id apart from what is added', () => {
    assert.deepEqual(readExtension({ tokens: 5, by: 'Ada', id: 'e1' }), { value: { tokens: 5 }, by: 'Ada', id: 'e1' });
  });

  for (const [what, payload] of [
    ['nothing at all', undefined],
    ['a number', 5],
    ['a list', [5]],
  ] as const) {
    it(`that is ${what} is refused`, () =>
      assert.match(faultOf(readExtension(payload)), /^must be a JSON object with /));
  }

  it('that adds nothing is refused with the names of the parts', () => {
    assert.match(faultOf(readExtension({ by: 'Ada' })), /trials, hours, gpuHours, tokens, usd, calls/);
  });

  it('of an unknown part is refused by its name', () => {
    assert.match(faultOf(readExtension({ patience: 1 })), /^patience: unknown name; the names are trials, hours,/);
  });

  for (const amount of [0, -1, '5', null, Number.NaN, Infinity, 1e13, true]) {
    it(`by ${JSON.stringify(amount)} (${typeof amount}) is refused by the name of its part`, () => {
      assert.match(faultOf(readExtension({ usd: amount })), /^usd: must be a positive number/);
    });
  }

  for (const part of ['trials', 'tokens', 'calls']) {
    it(`by half of one of the ${part} is refused`, () => {
      assert.match(faultOf(readExtension({ [part]: 0.5 })), new RegExp(`^${part}: `));
    });
  }

  it('is refused as a whole when one part is wrong', () => {
    assert.match(faultOf(readExtension({ tokens: 5, calls: -1 })), /^calls: /);
  });

  it('is described in one line', () => {
    const extension = { tokens: 500, usd: 2.5 };
    const message: PersonMessage = { kind: 'extendBudget', extension, by: 'Ada', at, id: null };
    assert.equal(describeMessage(message), `${at} Ada extended the budget: 500 more tokens, 2.5 more US dollars`);
  });
});

describe('a change of the plan', () => {
  it('brings a plan, with or without a reason', () => {
    assert.deepEqual(
      [readPlanChange({ plan: '# P', by: 'Ada' }), readPlanChange({ plan: '# P', reason: ' less\nwidth ' })],
      [
        { value: { plan: '# P', reason: 'no reason given' }, by: 'Ada', id: null },
        { value: { plan: '# P', reason: 'less width' }, by: 'somebody', id: null },
      ],
    );
  });

  it('asks for a plan, for a reason', () => {
    assert.deepEqual(readPlanChange({ reason: 'stale' }), {
      value: { plan: null, reason: 'stale' },
      by: 'somebody',
      id: null,
    });
  });

  for (const [what, payload, problem] of [
    ['neither plan nor reason', {}, /must have a plan, or the reason/],
    ['an empty plan', { plan: ' \n' }, /^plan: /],
    ['a number as plan', { plan: 5 }, /^plan: /],
    ['a reason over 400 characters', { reason: 'x'.repeat(401) }, /^reason: /],
    ['a plan over 16 KB', { plan: 'x'.repeat(17_000) }, /at most 16384 are taken/],
  ] as const) {
    it(`with ${what} is refused`, () => assert.match(faultOf(readPlanChange(payload)), problem));
  }
});

describe('an abandonment', () => {
  it('names the trial', () => {
    const value = { trial: 7, reason: 'hopeless' };
    assert.deepEqual(readAbandonment({ ...value, by: 'Ada' }), { value, by: 'Ada', id: null });
  });

  for (const trial of [undefined, 0, -1, 1.5, '7']) {
    it(`of trial ${trial} is refused by the name of its field`, () => {
      assert.match(faultOf(readAbandonment({ trial })), /^trial: /);
    });
  }
});

describe('an answer to a decision', () => {
  it('has the id of the decision and the choice', () => {
    const value = { id: 'plan-1', choice: 'approve' };
    assert.deepEqual(readDecision({ ...value, by: 'Ada' }), { value, by: 'Ada', id: 'plan-1' });
  });

  it('without its id is refused', () =>
    assert.match(faultOf(readDecision({ choice: 'approve' })), /id of the decision/));
});

describe('a change of models', () => {
  const models = { coder: 'anthropic/a', planner: { model: 'openai/b', fallbacks: ['ollama/c'] } };

  it('keeps the models as they were sent, for those who know models', () => {
    assert.deepEqual(readModelChange({ models }), { value: models, by: 'somebody', id: null });
  });

  it('keeps its sender and id', () => {
    assert.deepEqual(readModelChange({ models, by: 'Ada', id: 'c1' }), { value: models, by: 'Ada', id: 'c1' });
  });

  for (const [what, payload] of [
    ['no models', {}],
    ['an empty object of models', { models: {} }],
    ['a list of models', { models: ['openai/a'] }],
    ['one model for everything', { models: 'openai/a' }],
    ['nothing as models', { models: null }],
  ] as const) {
    it(`with ${what} is refused, with an example`, () => {
      assert.match(faultOf(readModelChange(payload)), /^models: .*\{"coder": "anthropic\//);
    });
  }

  it('with a role beside the models is refused by its name', () => {
    assert.match(
      faultOf(readModelChange({ models, analyst: 'openai/a' })),
      /^analyst: unknown name; the names are models,/,
    );
  });

  it('of more than 8 KB is refused', () => {
    assert.match(
      faultOf(readModelChange({ models: { coder: 'x'.repeat(messageBytes) } })),
      /bytes as JSON, at most 8192 are taken/,
    );
  });

  it('is described in one line', () => {
    const message: PersonMessage = { kind: 'changeModel', models, by: 'Ada', at, id: null };
    assert.equal(describeMessage(message), `${at} Ada changed the models: ${JSON.stringify(models)}`);
  });
});
