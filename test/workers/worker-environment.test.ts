import assert from 'node:assert/strict';
import { workerEnvironment, type WorkerKind } from '../../workers/worker-environment.ts';

const keys = {
  OPENAI_API_KEY: 'sk-1',
  ANTHROPIC_API_KEY: 'sk-2',
  OPENROUTER_API_KEY: 'sk-3',
  HF_TOKEN: 'sk-4',
  NVIDIA_API_KEY: 'sk-14',
  AWS_SECRET_ACCESS_KEY: 'sk-5',
  GITHUB_TOKEN: 'sk-6',
  SOME_PASSWORD: 'sk-7',
  openai_api_key: 'sk-8',
  MY_TEMPORAL_API_KEY: 'sk-9',
  PATH_SECRET: 'sk-10',
  LONGRUN_MY_SERVER_KEY: 'sk-12',
  LONGRUN_SECRET_OF_MINE: 'sk-13',
  OPENAI_BASE_URL: 'https://user:sk-11@example.com',
};

const harmless = {
  PATH: '/usr/bin',
  HOME: '/home/ada',
  LANG: 'C.UTF-8',
  LC_ALL: 'C',
  TMPDIR: '/tmp',
  XDG_STATE_HOME: '/state',
  LONGRUN_HOME: '/data',
  LONGRUN_STATE: '/state',
  LONGRUN_PYTHON: '/opt/python',
  LONGRUN_SLOTS: '3',
  LONGRUN_SANDBOX: 'off',
  LONGRUN_BWRAP: '/opt/bwrap',
  LONGRUN_HOST_LOSS_MINUTES: '5',
  LONGRUN_ORPHAN_HOURS: '0.5',
  CUDA_VISIBLE_DEVICES: '0',
  LD_LIBRARY_PATH: '/cuda/lib',
};

const temporal = {
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  TEMPORAL_NAMESPACE: 'research',
  TEMPORAL_API_KEY: 'temporal-key',
  TEMPORAL_TLS: 'true',
  TEMPORAL_TLS_CLIENT_CERT_PATH: '/cert.pem',
};

const keyless: WorkerKind[] = ['orchestrator', 'gpu'];

describe('the environment of a worker', () => {
  for (const kind of keyless) {
    it(`has no API key when it is the ${kind} worker`, () => {
      assert.deepEqual(workerEnvironment(kind, keys), {});
    });

    it(`has what it needs to run when it is the ${kind} worker`, () => {
      assert.deepEqual(workerEnvironment(kind, { ...harmless, ...keys }), harmless);
    });

    it(`has the connection to Temporal when it is the ${kind} worker`, () => {
      assert.deepEqual(workerEnvironment(kind, { ...temporal, ...keys }), temporal);
    });
  }

  it('has nothing of the language models unless it is the llm worker, so that a slip in them ends no other one', () => {
    const models = { LONGRUN_MODELS_FILE: '/models.yaml', LONGRUN_MODEL: 'gpt-x', LONGRUN_CODER_MODEL: 'gpt-y' };
    assert.deepEqual(
      keyless.map((kind) => workerEnvironment(kind, models)),
      [{}, {}],
    );
  });

  it('has the webhook when it is the orchestrator, and no training has it near', () => {
    const webhook = { LONGRUN_WEBHOOK_URL: 'https://example.com/hook', LONGRUN_WEBHOOK_SECRET: 'whsec_1' };
    assert.deepEqual(workerEnvironment('orchestrator', webhook), webhook);
    assert.deepEqual(workerEnvironment('gpu', webhook), {});
  });

  it('has everything when it is the llm worker', () => {
    const everything = { ...harmless, ...temporal, ...keys };
    assert.deepEqual(workerEnvironment('llm', everything), everything);
  });

  it('is a copy, so that a change of it changes nobody else’s', () => {
    const environment = { PATH: '/usr/bin' };
    for (const kind of [...keyless, 'llm'] as const) workerEnvironment(kind, environment)['PATH'] = '/elsewhere';
    assert.deepEqual(environment, { PATH: '/usr/bin' });
  });
});
