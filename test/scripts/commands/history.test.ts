import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { experiment } from '../../../workflows/experiment.ts';
import { runCommand } from '../../support/run-command.ts';
import { gate, until } from '../../support/run-experiment.ts';
import { runLongrun } from '../../support/run-longrun.ts';
import { measuredExecution, scriptActivities } from '../../support/scripted-activities.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { createEnvironment, withWorkers } from '../../support/workflow-environment.ts';

interface Saved {
  id: string;
  folder: string;
  saved: { file: string; workflowId: string; runId: string; events: number }[];
  gone: { workflowId: string; runId: string }[];
}

/** The server suggests a new run after so few events that an experiment passes through several. */
const fewEvents = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=40'];

describe('longrun history and longrun replay', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let environment: TestWorkflowEnvironment;

  before(async () => {
    environment = await createEnvironment(fewEvents);
    let trained = 0;
    const { activities } = scriptActivities({
      runTraining: async ({ name }) => measuredExecution((trained += 1) === 4 ? 1 : 9, name),
    });
    await withWorkers(environment, activities, async () => {
      await (await begin('long')).result();
    });
  });
  after(async () => await environment.teardown());

  async function begin(workflowId: string) {
    const options = { taskQueue: 'experiments', workflowId, args: [{ idea: 'Try it.' }] as [unknown] };
    return await environment.client.workflow.start<typeof experiment>('experiment', options);
  }

  const settings = () => ({
    LONGRUN_HOME: join(folder(), 'home'),
    LONGRUN_STATE: join(folder(), 'state'),
    TEMPORAL_ADDRESS: environment.address,
  });

  const history = (...commandLine: string[]) => runCommand(['history', ...commandLine], settings());
  const replay = (...commandLine: string[]) =>
    runLongrun(['replay', ...commandLine], { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings() });

  async function save(): Promise<Saved> {
    const output = join(folder(), 'saved');
    const { status, stdout, stderr } = await history('long', '--output', output, '--json');
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as Saved;
  }

  describe('a saved history', () => {
    it('is a file for each run of the experiment, across continue-as-new, and for each trial', async () => {
      const { saved, gone } = await save();
      const runs = saved.filter(({ workflowId }) => workflowId === 'long');
      assert.ok(runs.length > 1);
      assert.deepEqual(gone, []);
      assert.deepEqual(
        saved.map(({ file }) => file.slice(folder().length)),
        [
          '/saved/long.json',
          ...runs.slice(1).map((_run, index) => `/saved/long-run-${index + 2}.json`),
          ...[1, 2, 3, 4].map((trial) => `/saved/long-trial-00${trial}.json`),
        ],
      );
      assert.deepEqual(
        await readdir(join(folder(), 'saved')),
        saved.map(({ file }) => file.slice(folder().length + 7)).toSorted(),
      );
      const first = JSON.parse(await readFile(join(folder(), 'saved', 'long.json'), 'utf8'));
      assert.equal(first.events[0].eventType, 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED');
      assert.equal(first.events[0].workflowExecutionStartedEventAttributes.continuedExecutionRunId, undefined);
    });

    it('is told file by file', async () => {
      const { stdout } = await history('long', '--output', join(folder(), 'saved'));
      assert.match(stdout, /saved\/long\.json: \d+ events\n[\s\S]*\nSaved \d+ histories in \S*saved\.\n$/);
    });

    it('lies in the folder of the experiment unless told otherwise, and where there is none that is asked for', async () => {
      const missing = await history('long');
      assert.deepEqual([missing.status, /--output FOLDER/.test(missing.stderr)], [2, true]);
    });

    it('is not written where a file is', async () => {
      const file = join(folder(), 'file');
      await writeFile(file, '');
      const stderr = `--output ${file} cannot be used (EEXIST): name a folder that is there or can be made.\n`;
      assert.deepEqual(await history('long', '--output', file), { status: 2, stdout: '', stderr });
    });

    it('is none of an experiment that is not there', async () => {
      const { status, stderr } = await history('absent', '--output', folder());
      assert.deepEqual([status, stderr.split(':')[0]], [1, 'There is no experiment absent']);
    });
  });

  describe('a replay', () => {
    it('says of saved histories and of experiments whether this code can take them over, and why not', async () => {
      const { saved } = await save();
      const last = saved.at(-1)?.file ?? '';
      await writeFile(last, (await readFile(last, 'utf8')).replaceAll('"analyzeTrial"', '"praiseTrial"'));
      const { status, stdout, stderr } = await replay(join(folder(), 'saved'), 'long');
      assert.equal(status, 1, stderr);
      const lines = stdout.trimEnd().split('\n');
      const [bad, ...others] = lines.filter((line) => line.includes(': cannot: '));
      assert.match(bad ?? '', /long-trial-004\.json: cannot: \[TMPRL1100\] .*'praiseTrial' .*'analyzeTrial'/);
      assert.deepEqual(others, []);
      const all = 2 * saved.length;
      assert.equal(lines.filter((line) => line.endsWith(': can be taken over')).length, all - 1);
      assert.ok(lines.includes('long-trial-004: can be taken over'));
      assert.match(lines.at(-1) ?? '', new RegExp(`^This code cannot take over from 1 of ${all} histories: `));
    });

    it('is of whatever runs, where nothing is named', async () => {
      const { opened, open } = gate();
      let isTraining = false;
      const { activities } = scriptActivities({
        async runTraining({ name }) {
          isTraining = true;
          await opened;
          return measuredExecution(1, name);
        },
      });
      await withWorkers(environment, activities, async () => {
        const handle = await begin('running');
        await until(() => isTraining);
        const { status, stdout } = await replay('--json');
        open();
        await handle.result();
        assert.equal(status, 0);
        const { isFit, histories } = JSON.parse(stdout) as { isFit: boolean; histories: { source: string }[] };
        assert.deepEqual([isFit, histories.map(({ source }) => source)], [true, ['running', 'running-trial-001']]);
      });
    });

    it('refuses a file that is no history, and a file that is not there', async () => {
      const file = join(folder(), 'package.json');
      await writeFile(file, '{"events": []}');
      const wrong = await runCommand(['replay', file], settings());
      assert.deepEqual([wrong.status, wrong.stderr.split(':')[0]], [2, `${file} is no history`]);
      const absent = await runCommand(['replay', join(folder(), 'absent.json')], settings());
      assert.deepEqual([absent.status, absent.stderr.startsWith('There is no file ')], [2, true]);
    });
  });
});
