import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localArtifactStore, sha256 } from '../../activities/adapters/local-artifact-store.ts';
import { openExperiment } from '../../activities/open-experiment.ts';
import { longIdeasFolder } from '../../workflows/schema/experiment-input.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { anExperiment, anInput } from '../support/builders.ts';
import { failureOf } from '../support/failures.ts';
import { folderContent } from '../support/folder-content.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function problemsOf(work: Promise<unknown>): Promise<string[]> {
  const { type, nonRetryable, details } = await failureOf(work);
  assert.deepEqual({ type, nonRetryable }, { type: failureType.invalidInput, nonRetryable: true });
  return details?.[0] as string[];
}

describe('openExperiment', () => {
  const root = temporaryFolder();
  const artifacts = () => localArtifactStore(root());

  async function open(input: unknown, experiment = anExperiment()) {
    const surroundings = { hostLossMinutes: null, hasSearchAttributes: true, hasWebhook: false };
    return await openExperiment({ artifacts: artifacts(), ...surroundings }, { experiment, input });
  }

  const fileOf = (path: string) => readFile(join(root(), 'digits', path), 'utf8');

  describe('the opening of an experiment', () => {
    it('answers with the settings, every default filled in, without the idea', async () => {
      assert.deepEqual(await open(anInput({ seeds: 3 })), {
        settings: {
          budget: { trials: 12, hours: 24, whenSpent: 'finish' },
          models: {},
          seeds: 3,
          gpusPerTrial: 1,
          packages: [],
          approvals: [],
        },
        title: 'Try it.',
        data: [],
        hostLossMinutes: null,
        location: join(root(), 'digits'),
        hasSearchAttributes: true,
        hasWebhook: false,
        past: null,
      });
    });

    it('keeps the idea as IDEA.md', async () => {
      await open({ idea: '# Digits\n\nTry *it*.\n\n' });
      assert.equal(await fileOf('IDEA.md'), '# Digits\n\nTry *it*.\n');
    });

    it('keeps its owner, its settings and its data sets in experiment.json', async () => {
      const { settings, title, data } = await open(anInput({ data: [{ name: 'digits', script: 'print()' }] }));
      const { openedAt: _openedAt, ...record } = JSON.parse(await fileOf('experiment.json'));
      assert.deepEqual(record, {
        schemaVersion: 1,
        id: 'digits',
        firstExecutionRunId: anExperiment().runId,
        title,
        settings,
        data,
      });
    });

    it('keeps the scripts of data sets as files, and hands on where they are', async () => {
      const given = [
        { name: 'digits', path: '/srv/digits' },
        { name: 'glosses', script: 'print()', hosts: ['example.org'] },
      ];
      const { data } = await open(anInput({ data: given }));
      assert.deepEqual(data[0], given[0]);
      const fetched = data[1];
      assert.ok(fetched !== undefined && 'script' in fetched);
      assert.deepEqual([fetched.script.path, fetched.hosts], ['data/glosses.py', ['example.org']]);
      assert.equal(await fileOf('data/glosses.py'), 'print()');
    });

    it('takes the title that was given', async () => {
      assert.equal((await open(anInput({ title: ' Digits ' }))).title, 'Digits');
    });

    it('takes the first line that says something for the title, without its marks', async () => {
      assert.equal((await open({ idea: '\n---\n> ## Digits on a CPU\n\nText.' })).title, 'Digits on a CPU');
    });

    it('shortens a long first line to 80 characters', async () => {
      assert.equal((await open({ idea: 'x'.repeat(200) })).title.length, 80);
    });

    it('succeeds again for the same run, and changes nothing', async () => {
      const first = await open(anInput());
      const before = await folderContent(root());
      assert.deepEqual(await open(anInput()), first);
      assert.deepEqual(await folderContent(root()), before);
    });

    it('succeeds for the same run when the first attempt wrote the claim alone', async () => {
      await open(anInput());
      await artifacts().folder('digits').rename('IDEA.md', 'gone.md');
      await open(anInput());
      assert.equal(await fileOf('IDEA.md'), 'Try it.\n');
    });
  });

  describe('an input that is not valid', () => {
    it('is refused with each problem named by its path', async () => {
      assert.deepEqual(await problemsOf(open({ idea: ' ', metric: { target: 2 } })), [
        'idea: is empty: say in a sentence or more what should be tried',
        'metric.name: is missing, must be a string',
        'metric.direction: must be minimize or maximize',
      ]);
    });

    it('is refused with the problems in its message, too', async () => {
      assert.match((await failureOf(open(anInput({ seeds: 0 })))).message, /^The input is not valid: seeds: /);
    });

    it('is told the known names when it has an unknown one', async () => {
      const { message } = await failureOf(open(anInput({ ideas: 'x' })));
      assert.match(message, /ideas: unknown name\. The names are idea, title, metric, budget, /);
    });

    it('may be no input at all', async () => {
      assert.deepEqual(await problemsOf(open(undefined)), ['idea: is missing, must be a string']);
    });

    for (const id of ['.', '..', 'a/b', '../digits', '/tmp/x', 'x'.repeat(101), '', 'a b', longIdeasFolder]) {
      it(`may be one for the id ${JSON.stringify(id).slice(0, 30)}`, async () => {
        const problems = await problemsOf(open(anInput(), anExperiment(id)));
        assert.ok(
          problems.every((problem) => problem.startsWith('workflow id: ')),
          problems.join('; '),
        );
      });
    }

    it('writes nothing', async () => {
      await failureOf(open(anInput({ seeds: 0 })));
      await failureOf(open(anInput(), anExperiment('..')));
      assert.deepEqual(await folderContent(root()), {});
    });
  });

  describe('the id of another experiment', () => {
    const other = { ...anExperiment(), runId: '99999999-2222-3333-4444-555555555555' };

    it('is ExperimentExists, and final', async () => {
      await open(anInput());
      const { type, nonRetryable, message } = await failureOf(open(anInput(), other));
      assert.deepEqual({ type, nonRetryable }, { type: failureType.experimentExists, nonRetryable: true });
      assert.ok(message.includes(join(root(), 'digits')), message);
    });

    it('leaves its folder untouched, byte for byte', async () => {
      await open({ idea: 'The first idea.' });
      await artifacts().folder('digits').write('trials/001/train.py', 'print(1)\n');
      const before = await folderContent(root());
      await failureOf(open({ idea: 'The second idea.' }, other));
      assert.deepEqual(await folderContent(root()), before);
    });

    for (const content of ['', 'not json', '[]', '{"firstExecutionRunId": 5}']) {
      it(`is respected when its record is ${JSON.stringify(content)}`, async () => {
        await mkdir(join(root(), 'digits'));
        await writeFile(join(root(), 'digits', 'experiment.json'), content);
        assert.equal((await failureOf(open(anInput()))).type, failureType.experimentExists);
      });
    }

    it('goes to exactly one of 20 that ask for it at once', async () => {
      const runs = Array.from({ length: 20 }, (_, index) => ({ ...anExperiment(), runId: `run-${index}` }));
      const results = await Promise.allSettled(runs.map((run) => open(anInput(), run)));
      const winners = runs.filter((_, index) => results[index]?.status === 'fulfilled');
      assert.deepEqual(
        winners.map(({ runId }) => runId),
        [JSON.parse(await fileOf('experiment.json')).firstExecutionRunId],
      );
    });
  });

  describe('a long idea by reference', () => {
    const idea = `# A long idea\n\n${'Try it. '.repeat(4_000)}\n`;

    async function reference(content = idea) {
      const file = await artifacts().folder(longIdeasFolder).write('idea.md', content);
      return { ...file, path: `${longIdeasFolder}/idea.md` };
    }

    it('is read whole', async () => {
      assert.equal((await open({ idea: await reference() })).title, 'A long idea');
      assert.equal(await fileOf('IDEA.md'), `${idea.trimEnd()}\n`);
    });

    it('is refused when the file has other content', async () => {
      const wrong = { ...(await reference()), sha256: sha256('something else') };
      assert.deepEqual(await problemsOf(open({ idea: wrong })), ['idea.sha256: the file has other content']);
    });

    it('is refused when the file is not there, naming it', async () => {
      const absent = { ...(await reference()), path: `${longIdeasFolder}/absent.md` };
      assert.match((await problemsOf(open({ idea: absent }))).join(), /^idea\.path: there is no \+ideas\/absent\.md/);
    });

    it('is refused when the file is blank', async () => {
      assert.deepEqual(await problemsOf(open({ idea: await reference(' \n') })), ['idea: is empty']);
    });

    for (const path of [
      'idea.md',
      '/etc/hostname',
      '../idea.md',
      'other/IDEA.md',
      `${longIdeasFolder}/a/b`,
      longIdeasFolder,
    ]) {
      it(`is refused from ${path}`, async () => {
        await artifacts().folder('other').write('IDEA.md', idea);
        assert.match(
          (await problemsOf(open({ idea: { ...(await reference()), path } }))).join(),
          /^idea\.path: must be /,
        );
      });
    }

    it('claims nothing when it is refused', async () => {
      const wrong = { ...(await reference()), sha256: sha256('something else') };
      const before = await folderContent(root());
      await failureOf(open({ idea: wrong }));
      assert.deepEqual(await folderContent(root()), before);
    });
  });
});
