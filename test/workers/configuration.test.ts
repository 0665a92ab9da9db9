import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { readConfiguration, repositoryFolder } from '../../workers/configuration.ts';
import { readLanguageModelSettings } from '../../workers/language-model-settings.ts';

const webhookSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('the configuration', () => {
  it('of an empty environment has every default', () => {
    assert.deepEqual(readConfiguration({}), {
      artifactRoot: join(repositoryFolder, 'experiments'),
      stateFolder: join(homedir(), '.local', 'state', 'longrun'),
      python: null,
      slots: null,
      sandbox: { mode: 'auto', bubblewrap: null },
      hostLossMinutes: null,
      orphanHours: 24,
      languageModels: readLanguageModelSettings({}).settings,
      webhook: null,
    });
  });

  it('takes every variable of ours', () => {
    const modelVariables = { LONGRUN_MODEL: 'some-model', OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' };
    const environment = {
      ...modelVariables,
      LONGRUN_HOME: '/data/experiments',
      LONGRUN_STATE: '/data/state',
      LONGRUN_PYTHON: '/opt/python',
      LONGRUN_SLOTS: '3',
      LONGRUN_SANDBOX: 'off',
      LONGRUN_BWRAP: '/opt/bwrap',
      LONGRUN_HOST_LOSS_MINUTES: '5',
      LONGRUN_ORPHAN_HOURS: '0.5',
      LONGRUN_WEBHOOK_URL: 'https://example.com/hook',
      LONGRUN_WEBHOOK_SECRET: webhookSecret,
    };
    assert.deepEqual(readConfiguration(environment), {
      artifactRoot: '/data/experiments',
      stateFolder: '/data/state',
      python: '/opt/python',
      slots: 3,
      sandbox: { mode: 'off', bubblewrap: '/opt/bwrap' },
      hostLossMinutes: 5,
      orphanHours: 0.5,
      languageModels: readLanguageModelSettings(modelVariables).settings,
      webhook: { url: 'https://example.com/hook', secret: webhookSecret },
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const names = ['LONGRUN_HOME', 'LONGRUN_STATE', 'LONGRUN_PYTHON', 'LONGRUN_SLOTS', 'LONGRUN_MODEL'];
    const others = ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'XDG_STATE_HOME'];
    const environment = Object.fromEntries([...names, ...others].map((name) => [name, '']));
    assert.deepEqual(readConfiguration(environment), readConfiguration({}));
  });

  it('makes relative folders absolute', () => {
    const { artifactRoot, stateFolder } = readConfiguration({ LONGRUN_HOME: 'a', LONGRUN_STATE: 'b/c' });
    assert.deepEqual([artifactRoot, stateFolder], [resolve('a'), resolve('b/c')]);
  });

  it('keeps its state where XDG_STATE_HOME says', () => {
    assert.equal(readConfiguration({ XDG_STATE_HOME: '/state' }).stateFolder, '/state/longrun');
  });

  it('prefers LONGRUN_STATE to XDG_STATE_HOME', () => {
    assert.equal(readConfiguration({ XDG_STATE_HOME: '/state', LONGRUN_STATE: '/mine' }).stateFolder, '/mine');
  });

  it('is not disturbed by variables of others', () => {
    assert.deepEqual(readConfiguration({ PATH: '/bin', LONGRUN_UNHEARD_OF: 'x' }), readConfiguration({}));
  });

  const badVariables: [name: string, value: string][] = [
    ['LONGRUN_SANDBOX', 'on'],
    ['LONGRUN_HOST_LOSS_MINUTES', '0.5'],
    ['LONGRUN_ORPHAN_HOURS', 'a day'],
    ['LONGRUN_SLOTS', 'many'],
    ['LONGRUN_SLOTS', '0'],
    ['LONGRUN_SLOTS', '-1'],
    ['LONGRUN_SLOTS', '1.5'],
    ['LONGRUN_HOME', 's3://bucket/prefix'],
    ['OPENAI_BASE_URL', 'no address'],
    ['OPENAI_BASE_URL', '/v1'],
    ['OPENAI_BASE_URL', 'localhost:11434/v1'],
    ['LONGRUN_MODEL', 'some model'],
    ['LONGRUN_WEBHOOK_URL', 'example.com/hook'],
    ['LONGRUN_WEBHOOK_URL', 'ftp://example.com'],
    ['LONGRUN_WEBHOOK_SECRET', Buffer.alloc(32, 7).toString('base64')],
    ['LONGRUN_WEBHOOK_SECRET', `whsec_${Buffer.alloc(23, 7).toString('base64')}`],
    ['LONGRUN_WEBHOOK_SECRET', `whsec_${Buffer.alloc(65, 7).toString('base64')}`],
    ['LONGRUN_WEBHOOK_SECRET', `whsec_${Buffer.alloc(32, 7).toString('base64').replace('=', '')}`],
  ];
  for (const [name, value] of badVariables) {
    it(`refuses ${name}=${value} and names it`, () => {
      assert.throws(() => readConfiguration({ [name]: value }), new RegExp(`: ${name}: must be `));
    });
  }

  it('names every bad variable at once', () => {
    assert.throws(
      () =>
        readConfiguration({ LONGRUN_SLOTS: '0', OPENAI_BASE_URL: 'x', LONGRUN_MODEL: 'a b', LONGRUN_HOME: 's3://x' }),
      /LONGRUN_HOME: .*LONGRUN_SLOTS: .*LONGRUN_MODEL: .*OPENAI_BASE_URL: /,
    );
  });

  it('wants a secret for the webhook, and tells nobody where there is only a secret', () => {
    assert.throws(
      () => readConfiguration({ LONGRUN_WEBHOOK_URL: 'https://example.com/hook' }),
      /: LONGRUN_WEBHOOK_SECRET: is missing beside LONGRUN_WEBHOOK_URL, must be whsec_ and 24 to 64 bytes/,
    );
    assert.equal(readConfiguration({ LONGRUN_WEBHOOK_SECRET: webhookSecret }).webhook, null);
  });

  it('never repeats a key when it refuses something else', () => {
    assert.throws(
      () => readConfiguration({ OPENAI_API_KEY: 'sk-secret', LONGRUN_SLOTS: '0' }),
      (error: Error) => !error.message.includes('sk-secret'),
    );
  });
});
