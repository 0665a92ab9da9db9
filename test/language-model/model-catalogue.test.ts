import assert from 'node:assert/strict';
import { createModelCatalogue, type ModelSettings } from '../../activities/language-model/model-catalogue.ts';
import { builtInProviders } from '../../activities/language-model/providers.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { modelRoleSchema, type ModelChoice, type Models } from '../../workflows/schema/models.ts';
import { failureOf } from '../support/failures.ts';

const roles = modelRoleSchema.options;

/** The built-in providers with these keys. */
function aCatalogue({
  keys = { openai: 'sk-openai', anthropic: 'sk-anthropic' },
  models = {},
  prices = null,
}: Partial<Omit<ModelSettings, 'providers'>> & { keys?: Record<string, string> } = {}) {
  const providers = builtInProviders.map((provider) => ({ provider, apiKey: keys[provider.name] ?? null }));
  return createModelCatalogue({ providers, models, prices });
}

function forEveryRole(choice: ModelChoice): Models {
  return { planner: choice, coder: choice, analyst: choice, reporter: choice };
}

describe('the catalogue of models', () => {
  it('has the model that the experiment chose for a role', () => {
    const [target] = aCatalogue({ models: { coder: 'openai/a' } }).targetsFor('coder', { coder: 'anthropic/b' });
    assert.equal(target?.name, 'anthropic/b');
  });

  it('has the model of the settings for a role that the experiment leaves open', () => {
    const [target] = aCatalogue({ models: { coder: 'openai/a' } }).targetsFor('coder', { planner: 'anthropic/b' });
    assert.equal(target?.name, 'openai/a');
  });

  it('has the fallbacks behind the model, in order', () => {
    const coder = { model: 'openai/a', fallbacks: ['ollama/b', 'anthropic/c'] };
    const names = aCatalogue()
      .targetsFor('coder', { coder })
      .map(({ name }) => name);
    assert.deepEqual(names, ['openai/a', 'ollama/b', 'anthropic/c']);
  });

  it('takes a choice whole: none of its fallbacks comes from the settings', () => {
    const models: Models = { coder: { model: 'openai/a', fallbacks: ['openai/b'], temperature: 0.5 } };
    const [target, ...others] = aCatalogue({ models }).targetsFor('coder', { coder: 'openai/c' });
    assert.deepEqual([target?.name, target?.parameters, others], ['openai/c', {}, []]);
  });

  it('gives the parameters of a choice to its model and to its fallbacks', () => {
    const coder = { model: 'openai/a', fallbacks: ['ollama/b'], temperature: 0.5, mostOutputTokens: 1000 };
    const parameters = aCatalogue()
      .targetsFor('coder', { coder })
      .map((target) => target.parameters);
    const given = { temperature: 0.5, mostOutputTokens: 1000 };
    assert.deepEqual(parameters, [given, given]);
  });

  it('knows the key of a provider', () => {
    assert.equal(aCatalogue().targetsFor('coder', { coder: 'anthropic/a' })[0]?.apiKey, 'sk-anthropic');
  });

  const splits: [name: string, provider: string, model: string, fullName: string][] = [
    ['gpt-x', 'openai', 'gpt-x', 'openai/gpt-x'],
    ['openai/gpt-x', 'openai', 'gpt-x', 'openai/gpt-x'],
    ['openai/Qwen/Qwen3', 'openai', 'Qwen/Qwen3', 'openai/Qwen/Qwen3'],
    ['vllm/a/b/c', 'vllm', 'a/b/c', 'vllm/a/b/c'],
    ['ollama/qwen3:8b', 'ollama', 'qwen3:8b', 'ollama/qwen3:8b'],
  ];
  for (const [name, provider, model, fullName] of splits) {
    it(`reads ${name} as the model ${model} of ${provider}`, () => {
      const [target] = aCatalogue().targetsFor('coder', { coder: name });
      assert.deepEqual([target?.provider.name, target?.model, target?.name], [provider, model, fullName]);
    });
  }

  it('finds the price of a model, also by its short name', () => {
    const prices = { date: '2026-01-31', models: { 'openai/gpt-x': { input: 1, output: 2 } } };
    const [target] = aCatalogue({ prices }).targetsFor('coder', { coder: 'gpt-x' });
    assert.deepEqual(target?.price, { input: 1, output: 2 });
  });

  it('has no price for a model that is in no table', () => {
    assert.equal(aCatalogue().targetsFor('coder', { coder: 'gpt-x' })[0]?.price, null);
  });
});

const impossible: [what: string, coder: ModelChoice | undefined, message: RegExp][] = [
  ['a role that nobody plays', undefined, /coder.*LONGRUN_MODEL.*OPENAI_API_KEY/],
  ['an unknown provider', 'Qwen/Qwen3', /"Qwen".*ollama.*openai\/Qwen\/Qwen3/],
  ['a missing key', 'deepseek/a', /DEEPSEEK_API_KEY/],
  ['a fallback with a missing key', { model: 'openai/a', fallbacks: ['google/b'] }, /GEMINI_API_KEY/],
];

describe('a model that cannot be asked', () => {
  for (const [what, coder, message] of impossible) {
    it(`is a failure that waits for the mend and names it: ${what}`, async () => {
      const models: Models = coder === undefined ? {} : { coder };
      const failure = await failureOf((async () => aCatalogue().targetsFor('coder', models))());
      assert.deepEqual([failure.type, failure.nonRetryable], [failureType.modelNotConfigured, false]);
      assert.match(failure.message, message);
    });
  }

  for (const [what, coder, message] of impossible) {
    it(`is a problem of its role: ${what}`, () => {
      const others = { planner: 'openai/a', analyst: 'openai/a', reporter: 'openai/a' };
      const models: Models = coder === undefined ? others : { ...others, coder };
      const problems = aCatalogue().problemsOf(models, { hasMoneyBudget: false, roles });
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', new RegExp(`^coder: .*${message.source.replace(/^coder/, '')}`));
    });
  }
});

describe('the problems of an experiment’s models', () => {
  it('are none where every role has a model that can be asked', () => {
    assert.deepEqual(
      aCatalogue().problemsOf(forEveryRole({ model: 'gpt-x', fallbacks: ['ollama/b'] }), {
        hasMoneyBudget: false,
        roles,
      }),
      [],
    );
  });

  it('say once what all roles share', () => {
    const problems = aCatalogue({ keys: {} }).problemsOf(forEveryRole('anthropic/a'), { hasMoneyBudget: false, roles });
    assert.deepEqual(
      problems.map((problem) => problem.startsWith('every role: ANTHROPIC_API_KEY')),
      [true],
    );
  });

  it('name the roles that share one', () => {
    const models: Models = { ...forEveryRole('openai/a'), coder: 'deepseek/a', reporter: 'deepseek/b' };
    assert.match(
      aCatalogue().problemsOf(models, { hasMoneyBudget: false, roles }).join('\n'),
      /^coder, reporter: DEEPSEEK_API_KEY[^\n]*$/,
    );
  });

  it('are those of the roles that are asked about', () => {
    const models: Models = { ...forEveryRole('openai/a'), coder: 'deepseek/a', reporter: 'nobody/b' };
    const problems = aCatalogue().problemsOf(models, { hasMoneyBudget: false, roles: ['planner', 'reporter'] });
    assert.match(problems.join('\n'), /^reporter: "nobody"[^\n]*$/);
  });

  it('name each problem where there are several', () => {
    const models: Models = { ...forEveryRole('openai/a'), coder: 'deepseek/a', reporter: 'nobody/b' };
    assert.equal(aCatalogue().problemsOf(models, { hasMoneyBudget: false, roles }).length, 2);
  });

  const prices = { date: '2026-01-31', models: { 'ollama/free': { input: 0, output: 0 } } };

  it('include an unknown price where money is limited, also of a fallback', () => {
    const models = forEveryRole({ model: 'ollama/free', fallbacks: ['openai/a'] });
    const problems = aCatalogue({ prices }).problemsOf(models, { hasMoneyBudget: true, roles });
    assert.match(problems.join('\n'), /^every role: .*openai\/a.*prices\.models[^\n]*$/);
  });

  it('include no price where money is not limited', () => {
    assert.deepEqual(aCatalogue().problemsOf(forEveryRole('openai/a'), { hasMoneyBudget: false, roles }), []);
  });

  for (const [why, model] of [
    ['in the table', 'ollama/free'],
    ['reported by the provider', 'openrouter/vendor/a'],
  ] as const) {
    it(`include no price that is ${why}`, () => {
      const catalogue = aCatalogue({ prices, keys: { openrouter: 'sk-openrouter' } });
      assert.deepEqual(catalogue.problemsOf(forEveryRole(model), { hasMoneyBudget: true, roles }), []);
    });
  }

  it('repeat no key', () => {
    const catalogue = aCatalogue({ models: forEveryRole('deepseek/a') });
    assert.doesNotMatch(catalogue.problemsOf({ coder: 'nobody/b' }, { hasMoneyBudget: true, roles }).join('\n'), /sk-/);
  });
});
