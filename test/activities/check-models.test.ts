import assert from 'node:assert/strict';
import { checkModels, type CheckModelsInput } from '../../activities/check-models.ts';
import { createModelCatalogue, type ModelSettings } from '../../activities/language-model/model-catalogue.ts';
import { builtInProviders } from '../../activities/language-model/providers.ts';

/** A worker with a key for OpenAI alone. */
async function check(input: Partial<CheckModelsInput>, settings: Partial<ModelSettings> = {}) {
  const keys: Record<string, string> = { openai: 'sk-openai' };
  const providers = builtInProviders.map((provider) => ({ provider, apiKey: keys[provider.name] ?? null }));
  const models = createModelCatalogue({ providers, models: {}, prices: null, ...settings });
  return await checkModels({ models }, { models: {}, hasMoneyBudget: false, roles: 'named', ...input });
}

async function problemsOf(...given: Parameters<typeof check>): Promise<string> {
  const result = await check(...given);
  assert.equal(result.kind, 'unfit');
  return result.kind === 'unfit' ? result.problems.join('\n') : '';
}

describe('checkModels', () => {
  it('gives fit models back as they were sent', async () => {
    const models = { coder: { model: 'openai/a', fallbacks: ['ollama/b'], temperature: 0.5 }, analyst: 'gpt-x' };
    assert.deepEqual(await check({ models }), { kind: 'fit', models });
  });

  const malformed: [what: string, models: unknown, problem: RegExp][] = [
    ['no object', 'openai/a', /^models: [^\n]*$/],
    ['nothing', null, /^models: [^\n]*$/],
    ['an unknown role', { painter: 'openai/a' }, /^painter: unknown name$/],
    ['no name', { coder: 5 }, /^coder: [^\n]*$/],
    ['a name without a model', { coder: 'openai/' }, /^coder: [^\n]*$/],
    ['an unknown parameter', { coder: { model: 'openai/a', warmth: 1 } }, /^coder\.\w+: [^\n]*$/],
    ['a temperature out of range', { coder: { model: 'openai/a', temperature: 3 } }, /^coder\.\w+: [^\n]*$/],
  ];
  for (const [what, models, problem] of malformed) {
    it(`names the place of ${what}`, async () => assert.match(await problemsOf({ models }), problem));
  }

  it('names an unknown provider, and those that there are', async () => {
    assert.match(await problemsOf({ models: { coder: 'nobody/a' } }), /^coder: "nobody" .*openai, .*ollama/);
  });

  it('names the variable of a missing key, also of a fallback', async () => {
    const models = { coder: { model: 'openai/a', fallbacks: ['anthropic/b'] } };
    assert.match(await problemsOf({ models }), /^coder: ANTHROPIC_API_KEY /);
  });

  it('says nothing of roles that were not sent where only those are checked', async () => {
    assert.equal((await check({ models: { coder: 'openai/a' } })).kind, 'fit');
  });

  it('names the roles that nobody plays where all of them are checked', async () => {
    const problems = await problemsOf({ models: { coder: 'openai/a' }, roles: 'all' });
    assert.match(problems, /^planner, analyst, reporter: no language model is configured[^\n]*$/);
  });

  it('finds no fault where the settings play the roles that are left open', async () => {
    const models = { planner: 'openai/a', analyst: 'openai/a', reporter: 'openai/a' };
    const result = await check({ models: { coder: 'openai/b' }, roles: 'all' }, { models });
    assert.deepEqual(result, { kind: 'fit', models: { coder: 'openai/b' } });
  });

  it('asks for a price where money is limited', async () => {
    assert.match(
      await problemsOf({ models: { coder: 'openai/a' }, hasMoneyBudget: true }),
      /^coder: .*openai\/a.*price/,
    );
  });

  it('is content with a price in the table', async () => {
    const prices = { date: '2026-01-31', models: { 'openai/a': { input: 1, output: 2 } } };
    assert.equal((await check({ models: { coder: 'openai/a' }, hasMoneyBudget: true }, { prices })).kind, 'fit');
  });

  it('names every problem', async () => {
    const models = { coder: 'nobody/a', planner: 'anthropic/b' };
    assert.equal((await problemsOf({ models })).split('\n').length, 2);
  });
});
