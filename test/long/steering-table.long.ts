import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cancelled, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { experiment } from '../../workflows/experiment.ts';
import { progressQuery, stopSignal } from '../../workflows/messages.ts';
import { repositoryFolder } from '../../workers/configuration.ts';
import { commandsOnServer } from '../support/commands-on-server.ts';
import { sharedEnvironment } from '../support/root-hooks.ts';
import { gate, until } from '../support/run-experiment.ts';
import { scriptActivities, type ScriptedActivities } from '../support/scripted-activities.ts';
import { withWorkers } from '../support/workflow-environment.ts';

/*
 * Every command that says something to an experiment, in every stage of one, on a real server: what its sender is told.
 * The table in workflows/README.md is held to it. Each experiment is stopped in its stage by an activity that waits.
 */

type StageName = 'planning' | 'writing' | 'training' | 'analysing' | 'waiting' | 'paused' | 'reporting' | 'closed';

const stages: StageName[] = [
  'planning',
  'writing',
  'training',
  'analysing',
  'waiting',
  'paused',
  'reporting',
  'closed',
];

/** In this order on one experiment: none of them takes it out of its stage for good. */
const lasting: string[][] = [
  ['feedback', 'ID', 'Try less.'],
  ['feedback', 'ID', ' '],
  ['budget', 'ID', '--trials', '1'],
  ['budget', 'ID', '--trials', '-1'],
  ['model', 'ID', 'openai/gpt-5', '--role', 'coder'],
  ['abandon', 'ID', '9'],
  ['decide', 'ID', 'approve', '--decision', 'plan-7'],
];

/** Each on an experiment of its own. */
const lastingNot: string[][] = [
  ['pause', 'ID'],
  ['pause', 'ID', '--now'],
  ['resume', 'ID'],
  ['plan', 'ID', '--revise', 'it is stale'],
  ['abandon', 'ID', '1'],
  ['decide', 'ID', 'approve'],
  ['stop', 'ID'],
];

const gateOf: Partial<Record<StageName, keyof ScriptedActivities>> = {
  planning: 'draftPlan',
  writing: 'writeTrainingScript',
  training: 'runTraining',
  analysing: 'analyzeTrial',
  reporting: 'writeReport',
};

describe('what the sender of a message is told', () => {
  const { longrun } = commandsOnServer();
  const table = new Map<string, Map<string, StageName[]>>();
  const isOver = gate();
  let workers: Promise<void>;

  before(async () => {
    const isUp = gate();
    const { activities } = scriptActivities(gatedActivities());
    workers = withWorkers(await sharedEnvironment(), activities, async () => {
      isUp.open();
      await isOver.opened;
    });
    await Promise.race([isUp.opened, workers]);
  });

  after(async () => {
    isOver.open();
    await workers;
  });

  for (const stage of stages) {
    it(`while it is ${stage}`, async () => {
      const id = await reach(stage, 'lasting');
      for (const words of lasting) await note(stage, words, id);
      await leave(id);
      for (const [index, words] of lastingNot.entries()) {
        const other = await reach(stage, String(index));
        await note(stage, words, other);
        await leave(other);
      }
    });
  }

  it('is what workflows/README.md says', () => {
    const written = render(table);
    console.log(written);
    const readme = readFileSync(join(repositoryFolder, 'workflows', 'README.md'), 'utf8');
    assert.ok(
      unaligned(readme).includes(unaligned(written)),
      'the table in workflows/README.md is another one: put this one there',
    );
  });

  async function reach(stage: StageName, name: string): Promise<string> {
    const { client } = await sharedEnvironment();
    const id = `in-${stage}-${name}`;
    const budget = { trials: 1 };
    const approvals = stage === 'waiting' ? ['plan'] : [];
    const input = { idea: 'Try it.', budget, approvals };
    const options = { taskQueue: 'experiments', workflowId: id, args: [input] as [unknown] };
    const handle =
      stage === 'paused'
        ? await client.workflow.signalWithStart<typeof experiment>('experiment', { ...options, signal: 'pause' })
        : await client.workflow.start<typeof experiment>('experiment', options);
    if (stage === 'closed') await handle.result();
    else await until(async () => (await stageOf(id)) === stage);
    return id;
  }

  async function note(stage: StageName, words: string[], id: string): Promise<void> {
    const { status, stdout, stderr } = await longrun(...words.map((word) => (word === 'ID' ? id : word)));
    // What the budget came to by then follows in further lines.
    const [first = ''] = `${stdout}${stderr}`.trim().split('\n');
    const said = first.replaceAll(id, 'ID');
    assert.notEqual(said, '', `${words.join(' ')} says nothing`);
    const command = words.map((word) => (/^[\w/-]+$/.test(word) ? word : `"${word}"`)).join(' ');
    const answers = table.get(command) ?? new Map<string, StageName[]>();
    const answer = status === 0 ? said : `${said} (${status})`;
    answers.set(answer, [...(answers.get(answer) ?? []), stage]);
    table.set(command, answers);
  }
});

/** A formatter pads the cells of tables. */
function unaligned(markdown: string): string {
  return markdown.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
}

async function handleOf(id: string) {
  const { client } = await sharedEnvironment();
  return client.workflow.getHandle<typeof experiment>(id);
}

async function stageOf(id: string): Promise<StageName | null> {
  const { stage, act, hold } = await (await handleOf(id)).query(progressQuery);
  if (hold !== null) return 'waiting';
  if (stage.kind === 'trial')
    return act === 'rehearsing' || act === 'summarizing' || !isAt(id, gateOf[act ?? 'writing']) ? null : act;
  return stage.kind === 'planning' || stage.kind === 'reporting' || stage.kind === 'paused' ? stage.kind : null;
}

async function leave(id: string): Promise<void> {
  const handle = await handleOf(id);
  if ((await handle.describe()).status.name !== 'RUNNING') return;
  await handle.signal(stopSignal);
  await handle.terminate('the table has its answers');
}

const arrived = new Set<string>();

function isAt(id: string, activity: string | undefined): boolean {
  return arrived.has(`${id} ${activity}`);
}

/** Each waits where its experiment's stage is, until it is cancelled. */
function gatedActivities(): Partial<ScriptedActivities> {
  const uneventful = scriptActivities().activities;
  return Object.fromEntries(
    Object.entries(gateOf).map(([stage, activity]) => [
      activity,
      async (input: { experiment: { id: string } }) => {
        const { id } = input.experiment;
        if (!id.startsWith(`in-${stage}-`)) return await (uneventful[activity] as (input: unknown) => unknown)(input);
        arrived.add(`${id} ${activity}`);
        const beat = setInterval(() => heartbeat({ host: 'test-host' }), 100);
        try {
          return await cancelled();
        } catch (error) {
          throw activity === 'runTraining' ? pausedOr(error) : error;
        } finally {
          clearInterval(beat);
        }
      },
    ]),
  );
}

/** The watcher of a training that is paused says so; nobody looks at which of them is. */
function pausedOr(error: unknown): unknown {
  const details = [{ host: 'test-host' }];
  return error instanceof Error
    ? ApplicationFailure.create({ type: 'Execution.Paused', message: 'Paused.', details })
    : error;
}

function render(table: ReadonlyMap<string, ReadonlyMap<string, readonly StageName[]>>): string {
  const rows = [...table].flatMap(([command, answers]) =>
    [...answers].map(([answer, told], index) => {
      const where = told.length === stages.length ? 'always' : told.join(', ');
      return `| ${index === 0 ? `\`${command}\`` : ''} | ${where} | ${answer.replaceAll('|', '\\|')} |`;
    }),
  );
  return [
    '| command | while | what it says (and its exit status, where it is not 0) |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}
