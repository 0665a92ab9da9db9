import assert from 'node:assert/strict';
import { draftRequest, type Draft, type DraftedRequest } from '../../activities/draft-request.ts';
import { countTokens } from '../../activities/language-model/count-tokens.ts';
import { prompts } from '../support/language-model-dependencies.ts';
import { aTarget } from '../support/language-model-requests.ts';

const unbounded = { tokens: null, usd: null, calls: null };
const digest = 'step 1 loss 0.5\n'.repeat(500);

function aDraft(overrides: Partial<Draft> = {}): Draft {
  return {
    target: aTarget(),
    prompt: prompts.get('summarize-log'),
    inputs: { metric: 'val_error', 'digest of the logs': digest },
    output: null,
    begun: null,
    contextTokens: 128_000,
    mostOutputTokens: null,
    price: null,
    shrinks: 0,
    allowance: unbounded,
    ...overrides,
  };
}

type Affordable = Extract<DraftedRequest, { kind: 'affordable' }>;

function affordable(overrides: Partial<Draft> = {}): Affordable {
  const drafted = draftRequest(aDraft(overrides));
  return drafted.kind === 'affordable' ? drafted : assert.fail(JSON.stringify(drafted));
}

const mostOutputTokens = (overrides: Partial<Draft>) => affordable(overrides).request.mostOutputTokens;

describe('the length of a reply', () => {
  it('is left to the model where nothing bounds it', () => {
    assert.equal(mostOutputTokens({}), null);
  });

  it('is what a person has chosen', () => {
    assert.equal(mostOutputTokens({ mostOutputTokens: 700 }), 700);
  });

  it('is a sensible one, however large the budget of tokens is', () => {
    assert.equal(mostOutputTokens({ allowance: { ...unbounded, tokens: 1_000_000 } }), 16_384);
  });

  it('is a sensible one, however much money there is, also where no price is known', () => {
    assert.equal(mostOutputTokens({ allowance: { ...unbounded, usd: 50 } }), 16_384);
  });

  it('is no more than the model is known to write', () => {
    assert.equal(mostOutputTokens({ mostOutputTokens: 8_192, allowance: { ...unbounded, usd: 50 } }), 8_192);
  });

  it('is what is left of a small budget', () => {
    const { promptTokens } = affordable().request;
    const tokens = Math.ceil(promptTokens * 1.2) + 2_000;
    assert.equal(mostOutputTokens({ allowance: { ...unbounded, tokens } }), 2_000);
  });
});

describe('a request within its context', () => {
  it('leaves room for the reply', () => {
    const { promptTokens } = affordable({ contextTokens: 4_096 }).request;
    assert.ok(promptTokens * 1.2 <= 4_096 * 0.75, `${promptTokens} tokens`);
  });

  it('is smaller each time that it was too long', () => {
    const tokens = [0, 1, 2].map((shrinks) => affordable({ contextTokens: 6_000, shrinks }).request.promptTokens);
    assert.deepEqual(
      tokens,
      tokens.toSorted((a, b) => b - a),
    );
    assert.equal(new Set(tokens).size, 3);
  });

  it('says what was left out', () => {
    assert.deepEqual(
      affordable({ contextTokens: 4_096 }).leftOut.map(({ name }) => name),
      ['digest of the logs'],
    );
  });

  it('counts the reply that it continues', () => {
    const begun = 'word '.repeat(1_000);
    const { promptTokens } = affordable({ contextTokens: 8_192, begun }).request;
    assert.ok(promptTokens * 1.2 <= 8_192 * 0.75 && promptTokens > countTokens(begun), `${promptTokens} tokens`);
  });

  it('is none where the reply that it continues leaves no room', () => {
    assert.equal(draftRequest(aDraft({ contextTokens: 4_096, begun: 'word '.repeat(3_000) })).kind, 'tooLong');
  });

  it('is none where there is no room for any section', () => {
    assert.equal(draftRequest(aDraft({ contextTokens: 700 })).kind, 'neverFits');
  });
});
