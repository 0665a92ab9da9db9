import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelSettings } from '../../activities/language-model/model-catalogue.ts';
import { readLanguageModelSettings } from '../../workers/language-model-settings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function settingsOf(environment: NodeJS.ProcessEnv): ModelSettings {
  const { settings, problems } = readLanguageModelSettings(environment);
  assert.ok(settings !== null, problems.join('\n'));
  return settings;
}

function providerOf(name: string, environment: NodeJS.ProcessEnv) {
  const found = settingsOf(environment).providers.find(({ provider }) => provider.name === name);
  assert.ok(found !== undefined, `there is no provider ${name}`);
  return { ...found.provider, apiKey: found.apiKey };
}

describe('the language models of the environment', () => {
  it('has the built-in providers', () => {
    const names = settingsOf({}).providers.map(({ provider }) => provider.name);
    assert.deepEqual(names, ['openai', 'openrouter', 'anthropic', 'google', 'deepseek', 'ollama', 'vllm']);
  });

  const keys: [name: string, variable: string][] = [
    ['openai', 'OPENAI_API_KEY'],
    ['openrouter', 'OPENROUTER_API_KEY'],
    ['anthropic', 'ANTHROPIC_API_KEY'],
    ['google', 'GEMINI_API_KEY'],
    ['deepseek', 'DEEPSEEK_API_KEY'],
    ['vllm', 'VLLM_API_KEY'],
  ];
  for (const [name, variable] of keys) {
    it(`finds the key of ${name} in ${variable}`, () => {
      assert.equal(providerOf(name, { [variable]: 'sk-1' }).apiKey, 'sk-1');
    });
  }

  it('takes an empty variable for one that is not set', () => {
    const names = ['LONGRUN_MODEL', 'LONGRUN_CODER_MODEL', 'LONGRUN_MODELS_FILE', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'];
    assert.deepEqual(settingsOf(Object.fromEntries(names.map((name) => [name, '']))), settingsOf({}));
  });

  it('guesses no model without a key', () => {
    assert.deepEqual(settingsOf({}).models, {});
  });

  it('with the key of OpenAI alone asks a model of OpenAI in every role', () => {
    const { planner, coder, analyst, reporter } = settingsOf({ OPENAI_API_KEY: 'sk-1' }).models;
    assert.deepEqual([planner, coder, analyst, reporter], Array(4).fill('openai/gpt-4.1'));
  });

  it('guesses no model of another server', () => {
    const environment = { OPENAI_API_KEY: 'sk-1', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };
    assert.deepEqual(settingsOf(environment).models, {});
  });

  it('at another address takes care of what a local server may do, and needs no key', () => {
    const { baseUrl, key, outputTokensName, mayCutPrompts } = providerOf('openai', {
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1/',
    });
    assert.deepEqual(
      [baseUrl, key?.isRequired, outputTokensName, mayCutPrompts],
      ['http://127.0.0.1:1/v1', false, 'max_tokens', true],
    );
  });

  it('sends the key of OpenAI to another address too', () => {
    const environment = { OPENAI_API_KEY: 'sk-1', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };
    assert.equal(providerOf('openai', environment).apiKey, 'sk-1');
  });

  it('treats OpenAI as OpenAI where its own address is said', () => {
    const { outputTokensName, key } = providerOf('openai', {
      OPENAI_BASE_URL: 'https://eu.api.openai.com/v1',
    });
    assert.deepEqual([outputTokensName, key?.isRequired], ['max_completion_tokens', true]);
  });

  it('gives LONGRUN_MODEL to every role that has no variable of its own', () => {
    const { planner, coder } = settingsOf({ LONGRUN_MODEL: 'gpt-x', LONGRUN_CODER_MODEL: 'anthropic/a' }).models;
    assert.deepEqual([planner, coder], ['gpt-x', 'anthropic/a']);
  });

  for (const role of ['planner', 'coder', 'analyst', 'reporter'] as const) {
    it(`has a variable for the ${role} alone`, () => {
      const variable = `LONGRUN_${role.toUpperCase()}_MODEL`;
      assert.deepEqual(settingsOf({ [variable]: 'openai/a' }).models, { [role]: 'openai/a' });
    });
  }

  it('takes further models of a variable for fallbacks', () => {
    assert.deepEqual(settingsOf({ LONGRUN_CODER_MODEL: 'openai/a, ollama/b,vllm/c/d' }).models, {
      coder: { model: 'openai/a', fallbacks: ['ollama/b', 'vllm/c/d'] },
    });
  });

  const badVariables: [name: string, value: string, problem: RegExp][] = [
    ['LONGRUN_MODEL', 'a b', /^LONGRUN_MODEL: must be provider\/model/],
    ['LONGRUN_MODEL', 'openai/', /^LONGRUN_MODEL: must be provider\/model/],
    ['LONGRUN_CODER_MODEL', 'openai/a,', /^LONGRUN_CODER_MODEL: must be provider\/model/],
    ['LONGRUN_CODER_MODEL', 'a,b,c,d,e,f,g', /^LONGRUN_CODER_MODEL: .*up to 6/],
    ['LONGRUN_CODER_MODEL', 'openai/a,Qwen/Qwen3', /^LONGRUN_CODER_MODEL: "Qwen".*ollama.*openai\/Qwen\/Qwen3/],
    ['OPENAI_BASE_URL', 'localhost:11434/v1', /^OPENAI_BASE_URL: must be a URL/],
    ['OPENAI_BASE_URL', 'http://ada:secret@host/v1', /^OPENAI_BASE_URL: must have no user and password/],
    ['OPENAI_BASE_URL', 'http://host/v1/chat/completions', /^OPENAI_BASE_URL: must end before/],
    ['ANTHROPIC_API_KEY', 'secret\n', /^ANTHROPIC_API_KEY: must be a key without/],
  ];
  for (const [name, value, problem] of badVariables) {
    it(`refuses ${name}=${JSON.stringify(value)} and names it, without a secret`, () => {
      const { problems } = readLanguageModelSettings({ [name]: value });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
      assert.doesNotMatch(problems[0] ?? '', /secret/);
    });
  }
});

describe('the file of models', () => {
  const folder = temporaryFolder();

  function aFile(content: string): string {
    const file = join(folder(), 'models.yaml');
    writeFileSync(file, content);
    return file;
  }

  const withFile = (content: string, environment: NodeJS.ProcessEnv = {}) => ({
    ...environment,
    LONGRUN_MODELS_FILE: aFile(content),
  });

  it('adds a provider, with the caution that an unknown server needs', () => {
    const { baseUrl, key, mayCutPrompts } = providerOf(
      'mine',
      withFile('providers: {mine: {baseUrl: http://127.0.0.1:1/v1}}'),
    );
    assert.deepEqual([baseUrl, key, mayCutPrompts], ['http://127.0.0.1:1/v1', null, true]);
  });

  it('names the variable of a key, which is needed then', () => {
    const content = 'providers: {mine: {baseUrl: http://127.0.0.1:1/v1, keyVariable: LONGRUN_MY_KEY}}';
    const { apiKey, key } = providerOf('mine', withFile(content, { LONGRUN_MY_KEY: 'sk-1' }));
    assert.deepEqual([apiKey, key?.isRequired], ['sk-1', true]);
  });

  it('takes the key away from a provider', () => {
    const environment = withFile('providers: {vllm: {keyVariable: null}}', { VLLM_API_KEY: 'sk-1' });
    const { apiKey, key } = providerOf('vllm', environment);
    assert.deepEqual([apiKey, key], [null, null]);
  });

  it('overrides what it names of a built-in provider, and nothing else', () => {
    const content = 'providers: {anthropic: {firstRung: text, contextTokens: 200000, timeouts: {totalSeconds: 3000}}}';
    const builtIn = providerOf('anthropic', {});
    assert.deepEqual(providerOf('anthropic', withFile(content)), {
      ...builtIn,
      firstRung: 'text',
      contextTokens: 200_000,
      timeouts: { ...builtIn.timeouts, totalSeconds: 3000 },
    });
  });

  it('overrides what OPENAI_BASE_URL brings along, except the address', () => {
    const content = 'providers: {openai: {baseUrl: http://127.0.0.1:2/v1, contextTokens: 64000, mayCutPrompts: false}}';
    const environment = withFile(content, { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' });
    const { baseUrl, contextTokens, mayCutPrompts } = providerOf('openai', environment);
    assert.deepEqual([baseUrl, contextTokens, mayCutPrompts], ['http://127.0.0.1:1/v1', 64_000, false]);
  });

  it('goes before LONGRUN_MODEL and behind the variable of the role', () => {
    const content = 'models: {planner: openai/file, coder: openai/file}';
    const variables = { LONGRUN_MODEL: 'openai/all', LONGRUN_CODER_MODEL: 'openai/variable' };
    const { planner, coder, analyst } = settingsOf(withFile(content, variables)).models;
    assert.deepEqual([planner, coder, analyst], ['openai/file', 'openai/variable', 'openai/all']);
  });

  it('has models with fallbacks and parameters', () => {
    const content = 'models: {coder: {model: openai/a, fallbacks: [ollama/b], temperature: 0.5}}';
    assert.deepEqual(settingsOf(withFile(content)).models, {
      coder: { model: 'openai/a', fallbacks: ['ollama/b'], temperature: 0.5 },
    });
  });

  it('has a dated table of prices', () => {
    const content = 'prices: {date: 2026-01-31, models: {openai/a: {input: 1.25, output: 10}}}';
    assert.deepEqual(settingsOf(withFile(content)).prices, {
      date: '2026-01-31',
      models: { 'openai/a': { input: 1.25, output: 10 } },
    });
  });

  it('may be empty', () => {
    assert.deepEqual(settingsOf(withFile('# nothing yet\n')), settingsOf({}));
  });

  const badFiles: [content: string, problem: string][] = [
    [
      'prices: {date: 2026-01-31, models: {openai/a: {input: -1, output: 1}}}',
      'prices.models.openai/a.input: must not be negative',
    ],
    [
      'prices: {date: 2026-01-31, models: {openai/a: {input: 1, output: .inf}}}',
      'prices.models.openai/a.output: must be a number',
    ],
    ['prices: {date: 2026-01-31, models: {openai/a: {input: 1}}}', 'prices.models.openai/a.output: must be a number'],
    [
      'prices: {date: 2026-01-31, models: {gpt-x: {input: 1, output: 1}}}',
      'prices.models.gpt-x: is no name: it must be provider/model',
    ],
    ['prices: {date: 2026-01-31, models: {opanai/a: {input: 1, output: 1}}}', 'prices.models.opanai/a: "opanai"'],
    ['prices: {models: {}}', 'prices.date: must be the day'],
    ['prices: {date: 2026-02-30, models: {}}', 'prices.date: must be the day'],
    ['models: {writer: openai/a}', 'models.writer: unknown name'],
    ['models: {coder: a b}', 'models.coder: must be provider/model'],
    ['models: {coder: {model: openai/a, fallbacks: [nobody/b]}}', 'models.coder: "nobody"'],
    ['providers: {mine: {firstRung: text}}', 'providers.mine.baseUrl: is missing'],
    ['providers: {"my server": {baseUrl: http://host}}', 'providers.my server: is no name'],
    ['providers: {openai: {baseUrl: somewhere}}', 'providers.openai.baseUrl: must be a URL'],
    ['providers: {openai: {apiKey: sk-secret}}', 'providers.openai.apiKey: unknown name'],
    ['providers: {openai: {keyVariable: sk-secret}}', 'providers.openai.keyVariable: must be the name'],
    ['providers: {openai: {keyVariable: LONGRUN_HOME}}', 'providers.openai.keyVariable: must be a variable that only'],
    ['providers: {openai: {firstRung: top}}', 'providers.openai.firstRung: must be one of strictSchema'],
    [
      'providers: {openai: {timeouts: {totalSeconds: 3001}}}',
      'providers.openai.timeouts.totalSeconds: must be a number',
    ],
    ['providers: {openai: {timeouts: {idleSeconds: 0}}}', 'providers.openai.timeouts.idleSeconds: must be a number'],
    ['model: openai/a', 'model: unknown name'],
    ['- openai', 'file: '],
    ['providers:\n  openai: {apiKey: "sk-secret', 'line 2 is no YAML'],
    ['models: *secret', 'has an alias'],
  ];
  for (const [content, problem] of badFiles) {
    it(`is refused with its place, without a secret: ${content}`, () => {
      const environment = withFile(content);
      const { problems } = readLanguageModelSettings(environment);
      const start = `${environment.LONGRUN_MODELS_FILE}: ${problem}`;
      assert.ok(problems[0]?.startsWith(start), problems.join('\n'));
      assert.doesNotMatch(problems.join('\n'), /secret/);
    });
  }

  it('is refused with every slip at once, and those of the variables', () => {
    const content = 'models: {writer: openai/a}\nprices: {date: today, models: {}}';
    const { problems } = readLanguageModelSettings(withFile(content, { LONGRUN_MODEL: 'a b' }));
    assert.deepEqual(
      ['LONGRUN_MODEL', 'models.writer', 'prices.date'].map((place) =>
        problems.some((problem) => problem.includes(`${place}: `)),
      ),
      [true, true, true],
    );
  });

  it('is refused by its name when it is not there', () => {
    const missing = join(folder(), 'missing.yaml');
    const { problems } = readLanguageModelSettings({ LONGRUN_MODELS_FILE: missing });
    assert.deepEqual(problems, [`${missing}: cannot be read (ENOENT): LONGRUN_MODELS_FILE must name a YAML file`]);
  });
});
