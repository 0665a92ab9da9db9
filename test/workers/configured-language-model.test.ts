import assert from 'node:assert/strict';
import { readConfiguration } from '../../workers/configuration.ts';
import { configuredLanguageModel } from '../../workers/configured-language-model.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { failureOf } from '../support/failures.ts';

const withKey = configuredLanguageModel(readConfiguration({ OPENAI_API_KEY: 'sk-1', LONGRUN_MODEL: 'default-model' }));

describe('the language model of the environment', () => {
  it('plays a role with the model that the experiment chose for it', () => {
    assert.equal(withKey.modelFor('coder', { coder: 'coding-model', planner: 'planning-model' }), 'coding-model');
  });

  it('plays every other role with the default', () => {
    assert.equal(withKey.modelFor('analyst', { coder: 'coding-model' }), 'default-model');
  });

  const incomplete: [what: string, environment: NodeJS.ProcessEnv][] = [
    ['nothing is configured', {}],
    ['a model is named but no server', { LONGRUN_MODEL: 'some-model' }],
    ['a server is named but no model', { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }],
  ];
  for (const [what, environment] of incomplete) {
    it(`says, finally, what is missing when ${what}`, async () => {
      const { modelFor } = configuredLanguageModel(readConfiguration(environment));
      const { type, nonRetryable, message } = await failureOf((async () => modelFor('planner', {}))());
      assert.deepEqual({ type, nonRetryable }, { type: failureType.modelNotConfigured, nonRetryable: true });
      assert.match(message, /OPENAI_API_KEY/);
    });
  }

  it('refuses to complete anything without a server', async () => {
    const { languageModel } = configuredLanguageModel(readConfiguration({}));
    const request = { prompt: 'draft-plan', model: 'x', messages: [] };
    const failure = await failureOf(languageModel.complete(request, new AbortController().signal));
    assert.equal(failure.type, failureType.modelNotConfigured);
  });
});
