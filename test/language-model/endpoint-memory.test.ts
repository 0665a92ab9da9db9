import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endpointMemory } from '../../activities/language-model/endpoint-memory.ts';
import type { ModelTarget } from '../../activities/language-model/model-target.ts';
import { serverOfUnknownKind } from '../../activities/language-model/providers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function aTarget(model = 'some-model', baseUrl = 'http://127.0.0.1:9/v1'): ModelTarget {
  const provider = serverOfUnknownKind('local', baseUrl);
  return { name: `local/${model}`, model, provider, apiKey: null, parameters: {}, price: null };
}

const hourMilliseconds = 3600 * 1000;

/** As if all that is in the file had been learnt so long ago. */
function age(file: string, hours: number): void {
  const memory = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { learntAt: Record<string, string> }>;
  for (const { learntAt } of Object.values(memory)) {
    for (const [what, at] of Object.entries(learntAt)) {
      learntAt[what] = new Date(Date.parse(at) - hours * hourMilliseconds).toISOString();
    }
  }
  writeFileSync(file, JSON.stringify(memory));
}

describe('the memory of endpoints', () => {
  const folder = temporaryFolder();
  const file = () => join(folder(), 'state', 'language-models.json');

  function remembered(target: ModelTarget) {
    const { rung, contextTokens } = endpointMemory(file()).of(target);
    return { rung, contextTokens };
  }
  const nothing = { rung: undefined, contextTokens: undefined };

  it('knows nothing at first', () => {
    assert.deepEqual(remembered(aTarget()), nothing);
  });

  it('outlives the worker that has learnt something', () => {
    endpointMemory(file()).learn(aTarget(), { rung: 'jsonObject' });
    assert.equal(remembered(aTarget()).rung, 'jsonObject');
  });

  it('has the newest of what was learnt', () => {
    const memory = endpointMemory(file());
    memory.learn(aTarget(), { rung: 'jsonObject' });
    memory.learn(aTarget(), { rung: 'text' });
    assert.equal(memory.of(aTarget()).rung, 'text');
  });

  it('puts together what was learnt one after the other', () => {
    endpointMemory(file()).learn(aTarget(), { rung: 'text' });
    endpointMemory(file()).learn(aTarget(), { contextTokens: 8192 });
    assert.deepEqual(remembered(aTarget()), { rung: 'text', contextTokens: 8192 });
  });

  it('has the limit of a reply and the price of a token', () => {
    const learnt = { outputLimitTokens: 8_192, dollarsPerToken: 0.00001 };
    endpointMemory(file()).learn(aTarget(), learnt);
    assert.deepEqual(endpointMemory(file()).of(aTarget()), learnt);
  });

  it('has what another worker has learnt meanwhile', () => {
    const [one, other] = [endpointMemory(file()), endpointMemory(file())];
    one.learn(aTarget('a'), { rung: 'text' });
    other.learn(aTarget('b'), { rung: 'schema' });
    assert.deepEqual([one.of(aTarget('b')).rung, other.of(aTarget('a')).rung], ['schema', 'text']);
  });

  for (const [what, other] of [
    ['another model of the same server', aTarget('other-model')],
    ['the same model at another port', aTarget('some-model', 'http://127.0.0.1:10/v1')],
    ['the same model at another path', aTarget('some-model', 'http://127.0.0.1:9/other')],
  ] as const) {
    it(`says nothing about ${what}`, () => {
      endpointMemory(file()).learn(aTarget(), { rung: 'text' });
      assert.deepEqual(remembered(other), nothing);
    });
  }

  it('still knows after 23 hours', () => {
    endpointMemory(file()).learn(aTarget(), { rung: 'text' });
    age(file(), 23);
    assert.equal(remembered(aTarget()).rung, 'text');
  });

  it('has forgotten after a day', () => {
    endpointMemory(file()).learn(aTarget(), { rung: 'text', contextTokens: 8192 });
    age(file(), 25);
    assert.deepEqual(remembered(aTarget()), nothing);
  });

  it('does not remember the old when it learns something else', () => {
    endpointMemory(file()).learn(aTarget(), { contextTokens: 4096 });
    age(file(), 25);
    endpointMemory(file()).learn(aTarget(), { rung: 'text' });
    assert.deepEqual(remembered(aTarget()), { rung: 'text', contextTokens: undefined });
  });

  it('can learn anew what it has forgotten', () => {
    endpointMemory(file()).learn(aTarget(), { rung: 'text' });
    age(file(), 25);
    endpointMemory(file()).learn(aTarget(), { rung: 'schema' });
    assert.equal(remembered(aTarget()).rung, 'schema');
  });

  for (const [what, content] of [
    ['empty', ''],
    ['torn', '{"127.0.0.1:9/v1 some-model": {"rung": "te'],
    ['no memory', '[1, 2]'],
    [
      'of another version',
      '{"127.0.0.1:9/v1 some-model": {"rung": "telepathy", "learntAt": {"rung": "2026-01-02T03:04:05Z"}}}',
    ],
  ] as const) {
    it(`begins anew where its file is ${what}`, () => {
      endpointMemory(file()).learn(aTarget(), { rung: 'text' });
      writeFileSync(file(), content);
      assert.deepEqual(remembered(aTarget()), nothing);
      endpointMemory(file()).learn(aTarget(), { rung: 'schema' });
      assert.equal(remembered(aTarget()).rung, 'schema');
    });
  }

  it('leaves no other file behind', () => {
    endpointMemory(file()).learn(aTarget(), { rung: 'text' });
    assert.deepEqual(readdirSync(join(folder(), 'state')), ['language-models.json']);
  });

  it('can be read by its owner alone', () => {
    endpointMemory(file()).learn(aTarget(), { rung: 'text' });
    assert.equal(statSync(file()).mode & 0o777, 0o600);
  });

  it('keeps neither the password of a URL nor a key', () => {
    const target = { ...aTarget('some-model', 'http://ada:planted-password@127.0.0.1:9/v1'), apiKey: 'planted-key' };
    endpointMemory(file()).learn(target, { rung: 'text' });
    assert.doesNotMatch(readFileSync(file(), 'utf8'), /planted|ada/);
  });
});
