import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { localArtifactStore, sha256 } from '../../activities/adapters/local-artifact-store.ts';
import { publishReport, type PublishReportInput } from '../../activities/publish-report.ts';
import { recordMessages } from '../../activities/record-messages.ts';
import { addSpending, spendingOf } from '../../workflows/domain/budget.ts';
import type { PersonMessage } from '../../workflows/domain/person-message.ts';
import { readFeedback } from '../../workflows/domain/read-signal.ts';
import type { TrialResult } from '../../workflows/domain/trial.ts';
import { aMeasurement, aMetric, anExperiment, aTrialResult, someSpending } from '../support/builders.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The cells of the first table under a heading as a reader of the report sees them, without its first row. */
function tableUnder(heading: string, report: string): string[][] {
  const table = new RegExp(`^## ${heading}\\n[\\s\\S]*?\\n(\\|[\\s\\S]*?)\\n\\n`, 'm').exec(report)?.[1] ?? '';
  const rows = [...new MarkdownIt().render(table).matchAll(/<tr>([\s\S]*?)<\/tr>/g)].slice(1);
  return rows.map(([row]) =>
    [...row.matchAll(/<td>([\s\S]*?)<\/td>/g)].map(([, cell = '']) => cell.replace(/<[^>]*>/g, '')),
  );
}

describe('publishReport', () => {
  const root = temporaryFolder();
  const artifacts = () => localArtifactStore(root());
  const fileOf = (path: string) => readFile(join(root(), 'digits', path), 'utf8');

  interface Material {
    results?: TrialResult[];
    messages?: PersonMessage[];
    narrative?: string;
    input?: Partial<PublishReportInput>;
  }

  /** Lays the material on disk and publishes its report. */
  async function publish({ results = [aTrialResult()], messages = [], narrative, input = {} }: Material) {
    const folder = artifacts().folder('digits');
    for (const result of results) {
      const place = `trials/${String(result.number).padStart(3, '0')}`;
      await folder.write(`${place}/result.json`, JSON.stringify(result));
      await folder.write(`${place}/entry.md`, `## Trial ${result.number}\n`);
    }
    await recordMessages({ artifacts: artifacts() }, { experiment: anExperiment(), from: 1, messages });
    if (narrative !== undefined) await folder.write('narrative.md', narrative);
    return await publishReport(
      { artifacts: artifacts() },
      {
        experiment: anExperiment(),
        title: 'Digits',
        metric: aMetric({ target: 2 }),
        planVersion: 3,
        tasks: [{ id: 1, title: 'Baseline', status: 'done' }],
        trials: results.map(({ number }) => number),
        messages: messages.length,
        conclusion: { verdict: 'goalReached', reason: 'trial 2 has it' },
        spending: someSpending({ calls: 4, inputTokens: 100, outputTokens: 20, cost: 0.125, trainingSeconds: 61.4 }),
        hasNarrative: narrative !== undefined,
        ...input,
      },
    );
  }

  describe('the report', () => {
    it('is referred to by its path, hash and bytes', async () => {
      const reference = await publish({});
      const report = await fileOf('REPORT.md');
      assert.deepEqual(reference, {
        path: 'REPORT.md',
        sha256: sha256(report),
        bytes: Buffer.byteLength(report),
      });
    });

    it('says how the experiment ended and how long it trained', async () => {
      await publish({});
      const report = await fileOf('REPORT.md');
      assert.ok(
        report.startsWith('# Digits\n\n**goal reached**: trial 2 has it.\n\nSpent: 61 seconds of training.\n\n'),
        report.slice(0, 200),
      );
    });

    it('says what the language models of each role that was asked cost, and all together', async () => {
      const coder = { calls: 3, inputTokens: 90, outputTokens: 15, cost: 0.125, unpricedCalls: 0 };
      const planner = { calls: 1, inputTokens: 10, outputTokens: 5, cost: 0.5, unpricedCalls: 0 };
      const spending = [spendingOf('coder', coder), spendingOf('planner', planner)].reduce(addSpending);
      await publish({ input: { spending } });
      assert.deepEqual(tableUnder('What language models cost', await fileOf('REPORT.md')), [
        ['planner', '1', '10', '5', '0.5000'],
        ['coder', '3', '90', '15', '0.1250'],
        ['total', '4', '100', '20', '0.6250'],
      ]);
    });

    it('says that a cost is unknown where it is, and what the total is at least', async () => {
      const unknown = { calls: 1, inputTokens: 1, outputTokens: 1, cost: 0, unpricedCalls: 1 };
      const spending = [
        spendingOf('coder', { ...unknown, cost: 1, unpricedCalls: 0 }),
        spendingOf('analyst', unknown),
      ].reduce(addSpending);
      await publish({ input: { spending } });
      assert.deepEqual(
        tableUnder('What language models cost', await fileOf('REPORT.md')).map((row) => row.at(-1)),
        ['1.0000', 'unknown', 'at least 1.0000'],
      );
    });

    it('does not show a small cost as none', async () => {
      await publish({ input: { spending: someSpending({ calls: 1, cost: 0.00001 }) } });
      const costs = tableUnder('What language models cost', await fileOf('REPORT.md')).map((row) => row.at(-1));
      assert.deepEqual(costs, ['under 0.0001']);
    });

    it('has a row for every trial, whose numbers are those of its result', async () => {
      const results = [
        aTrialResult({ title: 'A | B', spending: someSpending({ trainingSeconds: 59.6 }) }),
        aTrialResult({
          number: 2,
          step: { kind: 'improve', parent: 1 },
          title: 'Widen',
          outcome: aMeasurement({ mean: 1.23456, standardDeviation: 0.125, values: [1, 1.4, 1.3] }),
        }),
        aTrialResult({
          number: 3,
          step: { kind: 'debug', parent: 2 },
          title: 'Wider',
          outcome: { kind: 'rehearsalFailed', failure: { kind: 'crashed', exitCode: 1, signal: null, excerpt: '' } },
        }),
      ];
      await publish({ results });
      assert.deepEqual(tableUnder('Trials', await fileOf('REPORT.md')), [
        ['1', 'A | B', 'draft', '5.000 (1 seed)', '60', 'train.py'],
        ['2', 'Widen', 'improve 1', '1.235 ± 0.125 (3 seeds)', '0', 'train.py'],
        ['3', 'Wider', 'debug 2', 'its rehearsal crashed with exit status 1', '0', 'train.py'],
      ]);
    });

    it('names the best trial by its result, whatever the narrative says', async () => {
      const means = [5, 2.5, 2.5, 9];
      const results = means.map((mean, index) => aTrialResult({ number: index + 1, outcome: aMeasurement({ mean }) }));
      await publish({ results, narrative: 'Best: trial 4 with 0.001 (9 seeds).\n' });
      assert.match(await fileOf('REPORT.md'), /target 2\. Best: trial 2 with 2\.500 \(1 seed\)\./);
    });

    it('says that nothing was measured where nothing was', async () => {
      await publish({ results: [aTrialResult({ outcome: { kind: 'stopped' } })] });
      assert.match(await fileOf('REPORT.md'), /Best: none measured\./);
    });

    it('names the trials whose scripts ran without a sandbox', async () => {
      await publish({ results: [aTrialResult(), aTrialResult({ number: 2, sandbox: 'off' })] });
      assert.match(await fileOf('REPORT.md'), /Without a sandbox, .* trial 2\./);
      await publish({ results: [aTrialResult()] });
      assert.doesNotMatch(await fileOf('REPORT.md'), /sandbox/);
    });

    it('can be of an experiment without trials', async () => {
      await publish({ results: [] });
      assert.match(await fileOf('REPORT.md'), /## Findings\n\nnone yet/);
    });

    it('keeps the narrative apart, under its own heading', async () => {
      await publish({ narrative: '\nWe learnt a lot.\n\n' });
      assert.match(await fileOf('REPORT.md'), /\n## What was learnt\n\nWe learnt a lot\.\n\n## Trials\n/);
    });

    it('stands without a narrative', async () => {
      await publish({});
      assert.doesNotMatch(await fileOf('REPORT.md'), /What was learnt/);
    });

    it('has every finding, task and the version of the plan', async () => {
      await publish({ results: [aTrialResult(), aTrialResult({ number: 2, finding: 'Wider is better.' })] });
      const report = await fileOf('REPORT.md');
      for (const part of ['1. It learns.', '2. Wider is better.', '- [x] 1. Baseline', 'PLAN.md (version 3)']) {
        assert.ok(report.includes(part), part);
      }
    });

    it('has every feedback word for word', async () => {
      const texts = [
        'Mind the "learning rate" — ü!',
        '  indented\n\n\ttabbed | piped | `code` *stars*\n# no heading\n- no list  ',
        '</blockquote><b>bold</b>\n~~~\n```\n---\n> quoted',
        'x'.repeat(5_000),
        '界😀\n'.repeat(100),
      ];
      await publish({ messages: texts.map((text) => readFeedback(text, '2026-01-02T03:04:05.000Z')) });
      const unquoted = (await fileOf('REPORT.md')).replaceAll(/^ {2}> /gm, '');
      for (const text of texts) assert.ok(unquoted.includes(`\n${text}\n`), text.slice(0, 40));
    });

    it('has a log beside it with all that was said to the end', async () => {
      await publish({ messages: [readFeedback('Well done.', 'now')] });
      const log = await fileOf('EXPERIMENT_LOG.md');
      assert.ok(
        log.endsWith(
          '## Trial 1\n\n## What people said after trial 1\n\n- now somebody gave feedback:\n\n  > Well done.\n\n',
        ),
        log,
      );
    });

    it('is a page as well, in which nothing of a hostile narrative is live', async () => {
      const narrative = '<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[click](javascript:alert(1))\n';
      await publish({ narrative });
      const page = await fileOf('report.html');
      assert.doesNotMatch(page, /<script|<img|href="javascript/i);
      assert.match(page, /&lt;script&gt;alert\(1\)/);
    });

    it('has the messages in the order in which they came', async () => {
      const times = ['10:00', '11:00', '12:00'];
      await publish({ messages: times.map((time) => readFeedback('hello', time)) });
      assert.deepEqual((await fileOf('REPORT.md')).match(/\d\d:00(?= somebody gave feedback)/g), times);
    });
  });
});
