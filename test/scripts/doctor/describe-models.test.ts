import assert from 'node:assert/strict';
import { describeModels } from '../../../scripts/doctor/describe-models.ts';
import { readConfiguration } from '../../../workers/configuration.ts';

const describeIn = (environment: NodeJS.ProcessEnv) => describeModels(readConfiguration(environment).languageModels);

describe('what is said of the configured models', () => {
  it('names model, provider and key once where every role has the same', () => {
    assert.equal(
      describeIn({ OPENAI_API_KEY: 'sk-1', LONGRUN_MODEL: 'gpt-x' }),
      'every role: gpt-x at openai (api.openai.com, OPENAI_API_KEY is set)',
    );
  });

  it('names each role’s model, and fallbacks', () => {
    const environment = { OPENAI_API_KEY: 'sk-1', LONGRUN_MODEL: 'gpt-x', LONGRUN_CODER_MODEL: 'ollama/a,gpt-y' };
    assert.match(
      describeIn(environment),
      /^planner, analyst, reporter: gpt-x at openai .*; coder: a at ollama .*no key.*, else gpt-y at openai/,
    );
  });

  it('says which key is missing', () => {
    assert.match(describeIn({ LONGRUN_MODEL: 'anthropic/a' }), /ANTHROPIC_API_KEY is not set/);
  });

  it('says that a role has none', () => {
    assert.match(describeIn({ LONGRUN_PLANNER_MODEL: 'ollama/a' }), /coder, analyst, reporter: none/);
  });

  it('never says a key', () => {
    assert.doesNotMatch(describeIn({ OPENAI_API_KEY: 'sk-secret' }), /secret/);
  });
});
