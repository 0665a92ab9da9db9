import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { runCommand } from '../support/run-command.ts';
import { sharedEnvironment } from '../support/root-hooks.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The input with which the experiment was started, on a real server that no worker asks for work. */
async function inputOf(id: string): Promise<Record<string, unknown>> {
  const { client } = await sharedEnvironment();
  const handle = client.workflow.getHandle(id);
  const [started] = (await handle.fetchHistory()).events ?? [];
  await handle.terminate();
  const payload = started?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  assert.ok(payload);
  return defaultPayloadConverter.fromPayload(payload);
}

describe('longrun start', () => {
  const folder = temporaryFolder();
  const nowhere = '127.0.0.1:1';

  async function write(name: string, text: string): Promise<string> {
    const file = join(folder(), name);
    await writeFile(file, text);
    return file;
  }

  async function start(commandLine: string[], address = nowhere) {
    const [home, state] = [join(folder(), 'home'), join(folder(), 'state')];
    return await runCommand(['start', ...commandLine], {
      LONGRUN_HOME: home,
      LONGRUN_STATE: state,
      TEMPORAL_ADDRESS: address,
    });
  }

  /** What it says of a start that it refuses, before it connects to anything. */
  async function refusal(...commandLine: string[]): Promise<string> {
    const { status, stderr } = await start(commandLine);
    assert.equal(status, 2, stderr);
    return stderr.replaceAll(`${folder()}/`, '').trimEnd();
  }

  it('names each wrong part of a budget before it connects to anything', async () => {
    const idea = await write('IDEA.md', 'Does label smoothing help?');
    const budget = ['--usd', '-1', '--calls', '1.5', '--when-spent', 'panic'];
    assert.match(
      await refusal(idea, ...budget),
      /budget\.usd: .*budget\.calls: .*budget\.whenSpent: must be finish or wait/,
    );
  });

  it('takes settings from the front matter, over them those of --config, over both its options', async () => {
    const idea = await write(
      'IDEA.md',
      [
        '---',
        'title: From the idea',
        'id: start-test-idea',
        'metric: { name: val_error, direction: minimize, target: 3 }',
        'budget: { trials: 3, hours: 3, usd: 3 }',
        'models: { coder: idea/model, analyst: idea/model }',
        '---',
        '# Digits',
        '',
        'Try it.',
        '',
      ].join('\n'),
    );
    const config = await write(
      'config.yaml',
      'id: start-test-config\nbudget:\n  hours: 2\n  usd: 2\nmodels: { coder: config/model }\nseeds: 2\n',
    );
    const { address } = await sharedEnvironment();
    const ended = await start(
      [idea, '--config', config, '--id', 'start-test-1', '--usd', '1', '--target', '1', '--json'],
      address,
    );
    assert.equal(ended.status, 0, ended.stderr);
    assert.deepEqual(JSON.parse(ended.stdout), { id: 'start-test-1', link: null });
    assert.deepEqual(await inputOf('start-test-1'), {
      title: 'From the idea',
      metric: { name: 'val_error', direction: 'minimize', target: 1 },
      budget: { trials: 3, hours: 2, usd: 1 },
      models: { coder: 'config/model', analyst: 'idea/model' },
      seeds: 2,
      idea: '# Digits\n\nTry it.\n',
    });
  });

  it('takes the settings of --config from JSON, too, its id among them', async () => {
    const idea = await write('IDEA.md', 'Try it.');
    const config = await write('config.json', '{\n\t"id": "start-test-2",\n\t"budget": { "trials": 2 }\n}');
    const { address } = await sharedEnvironment();
    const ended = await start([idea, '--config', config], address);
    assert.match(ended.stdout, /^Started start-test-2\n/, ended.stderr);
    assert.deepEqual(await inputOf('start-test-2'), { budget: { trials: 2 }, idea: 'Try it.' });
  });

  it('starts nothing twice under one id', async () => {
    const idea = await write('IDEA.md', 'Try it.');
    const { address } = await sharedEnvironment();
    assert.equal((await start([idea, '--id', 'start-test-3'], address)).status, 0);
    const again = await start([idea, '--id', 'start-test-3'], address);
    assert.deepEqual(
      [again.status, again.stderr],
      [2, 'There is an experiment start-test-3 already: choose another id with --id.\n'],
    );
    await inputOf('start-test-3');
  });

  it('refuses everything that is wrong in both files and the options at once, by file and place', async () => {
    const idea = await write('IDEA.md', '---\nseed: 3\nbudget: { trials: 0 }\n---\nTry it.');
    const config = await write('config.yaml', 'idea: another\nmetric: { name: x }\n');
    assert.equal(
      await refusal(idea, '--config', config, '--hours', '-1', '--target', '2'),
      [
        'The experiment is not valid: IDEA.md: budget.trials: Too small: expected number to be >=1',
        'IDEA.md: seed: unknown name',
        'config.yaml: metric.direction: must be minimize or maximize',
        'config.yaml: idea: unknown name',
        'budget.hours: Too small: expected number to be >0. The names are id, title, metric, budget, models, seeds, gpusPerTrial, data, packages, approvals, fork.',
      ].join('; '),
    );
    assert.equal(existsSync(join(folder(), 'home')), false);
  });

  it('names the line of the file where front matter is no YAML', async () => {
    const idea = await write('IDEA.md', '---\ntitle: x\nbudget: {\n---\nTry it.');
    assert.match(await refusal(idea), /IDEA\.md: is no YAML: .* at line 3, column 10\.$/);
  });

  it('says of settings that are a text that they are none', async () => {
    const idea = await write('IDEA.md', '---\njust a line\n---\nTry it.');
    assert.match(await refusal(idea), /IDEA\.md: all of it: .*expected object, received string/);
  });

  it('does not take front matter without an end for a part of the idea', async () => {
    const idea = await write('IDEA.md', '---\nbudget: { trials: 3 }\n\nTry it.');
    assert.match(await refusal(idea), /^IDEA\.md begins with --- and has no second such line/);
  });

  it('refuses a file that has settings and no idea', async () => {
    const idea = await write('IDEA.md', '---\nseeds: 3\n---\n\n');
    assert.match(await refusal(idea), /^IDEA\.md is empty/);
  });

  it('refuses a file of settings that is not there', async () => {
    const idea = await write('IDEA.md', 'Try it.');
    assert.match(
      await refusal(idea, '--config', 'absent.yaml'),
      /^The settings cannot be read from absent\.yaml \(ENOENT\)/,
    );
  });

  it('refuses an empty id in words', async () => {
    const idea = await write('IDEA.md', 'Try it.');
    assert.match(await refusal(idea, '--id', ''), /^The id is not valid: an empty one: must have 1 to 100 letters/);
  });

  it('refuses an id in a file that cannot be one', async () => {
    const idea = await write('IDEA.md', '---\nid: a/b\n---\nTry it.');
    assert.match(await refusal(idea), /IDEA\.md: id: must have 1 to 100 letters/);
  });
});
