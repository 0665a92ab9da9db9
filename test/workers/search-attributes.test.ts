import assert from 'node:assert/strict';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import { registerSearchAttributes, type SearchAttributeServer } from '../../workers/search-attributes.ts';
import { searchAttribute } from '../../workflows/domain/search-attributes.ts';

/** An error as a server's answer has it. */
function answerOf(code: number, details: string): Error {
  return Object.assign(new Error(details), { code, details });
}

const known = Object.fromEntries(
  Object.values(searchAttribute).map(({ name, type }) => [name, type === 'Keyword' ? 2 : 4]),
);

/** A server that answers like this; it knows what it was given when it is asked again. */
function aServer(
  answers: { before?: Record<string, number>; add?: () => void; count?: () => void; list?: () => void } = {},
): SearchAttributeServer & { added: () => number } {
  let customAttributes = answers.before ?? {};
  let added = 0;
  const connection = {
    withDeadline: async <T>(_deadline: number, act: () => Promise<T>): Promise<T> => await act(),
    operatorService: {
      async listSearchAttributes() {
        answers.list?.();
        return { customAttributes };
      },
      async addSearchAttributes({ searchAttributes }: { searchAttributes: Record<string, number> }) {
        answers.add?.();
        added += Object.keys(searchAttributes).length;
        customAttributes = { ...customAttributes, ...searchAttributes };
      },
    },
    workflowService: { countWorkflowExecutions: async () => answers.count?.() },
  };
  return { connection: connection as never, namespace: 'research', added: () => added };
}

/** What comes out, and what was logged. */
async function register(server: SearchAttributeServer, patienceMilliseconds = 0) {
  const warnings: { problem: string; mend: string }[] = [];
  const logger = { warn: (fields: { problem: string; mend: string }) => void warnings.push(fields) };
  const isUsable = await registerSearchAttributes(server, logger as never, patienceMilliseconds);
  return { isUsable, warnings };
}

describe('the search attributes', () => {
  describe('on a real server that has none of them', function () {
    let environment: TestWorkflowEnvironment;
    before(async () => {
      const executable = { type: 'existing-path', path: managedPython().temporal } as const;
      environment = await TestWorkflowEnvironment.createLocal({
        server: { executable, log: { format: 'pretty', level: 'error' } },
      });
    });
    after(() => environment.teardown());

    it('are usable as soon as they are registered, also for the next orchestrator', async () => {
      const server = { connection: environment.nativeConnection, namespace: 'default' };
      assert.deepEqual(await register(server), { isUsable: true, warnings: [] });
      const { count } = await environment.client.workflow.count("LongrunStage = 'training' AND LongrunBest > 0.5");
      assert.equal(count, 0);
      assert.deepEqual(await register(server), { isUsable: true, warnings: [] });
    });
  });

  it('that are there are not added again', async () => {
    const server = aServer({ before: known });
    assert.deepEqual(await register(server), { isUsable: true, warnings: [] });
    assert.equal(server.added(), 0);
  });

  it('that another orchestrator has just added are no problem', async () => {
    let tries = 0;
    const add = () => {
      tries += 1;
      if (tries === 1) throw answerOf(6, 'already exists');
    };
    assert.equal((await register(aServer({ add }), 5_000)).isUsable, true);
  });

  it('are used only when the frontend takes a query for them', async () => {
    let tries = 0;
    const count = () => {
      tries += 1;
      if (tries === 1) throw answerOf(3, 'invalid search attribute: LongrunStage');
    };
    assert.equal((await register(aServer({ count }), 5_000)).isUsable, true);
    assert.equal(tries, 2);
  });

  for (const [what, server, problem] of [
    ['refuses them', aServer({ add: () => assert.fail(answerOf(7, 'not allowed')) }), 'not allowed'],
    ['has no such service', aServer({ list: () => assert.fail(answerOf(12, 'unknown service')) }), 'unknown service'],
    ['has another type', aServer({ before: { ...known, LongrunBest: 2 } }), 'LongrunBest is of type Keyword'],
    ['never takes a query', aServer({ count: () => assert.fail(answerOf(3, 'no mapping')) }), 'no mapping'],
    ['is away', aServer({ list: () => assert.fail(answerOf(14, 'connection refused')) }), 'connection refused'],
  ] as const) {
    it(`are done without where the server ${what}, with one warning that says how to mend it`, async () => {
      const { isUsable, warnings } = await register(server);
      assert.equal(isUsable, false);
      assert.deepEqual(warnings, [
        {
          problem,
          mend: 'temporal operator search-attribute create --namespace research --name LongrunStage --type Keyword --name LongrunBest --type Double --name LongrunTitle --type Keyword; then start the orchestrator again',
        },
      ]);
    });
  }
});
