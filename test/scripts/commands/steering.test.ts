import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cancelled, heartbeat } from '@temporalio/activity';
import type { Stage } from '../../../workflows/domain/experiment-state.ts';
import type { PersonMessage } from '../../../workflows/domain/person-message.ts';
import { progressQuery } from '../../../workflows/messages.ts';
import { commandsOnServer } from '../../support/commands-on-server.ts';
import { sharedEnvironment } from '../../support/root-hooks.ts';
import { gate, startExperiment, until } from '../../support/run-experiment.ts';
import { measuredExecution, scriptActivities } from '../../support/scripted-activities.ts';
import { withWorkers } from '../../support/workflow-environment.ts';

/** One experiment from its plan to its end: each part begins where the one before has left it. */
describe('the commands that steer an experiment', () => {
  const { folder, longrun, said, json, inOwnProcess, assertRefused } = commandsOnServer();
  const [plan, training, report, end] = [gate(), gate(), gate(), gate()];
  let handle: Awaited<ReturnType<typeof startExperiment>>;
  let id: string;
  let workers: Promise<void>;
  let inputsOf: ReturnType<typeof scriptActivities>['inputsOf'];

  const recordedMessages = () => inputsOf('recordMessages').flatMap((input) => input['messages'] as PersonMessage[]);

  const reach = (kind: Stage['kind']) => until(async () => (await handle.query(progressQuery)).stage.kind === kind);

  /** Once its trial has begun so often. */
  let begun = 0;
  const trainingBegins = async (times: number) => {
    await until(() => begun >= times);
    await until(async () => (await handle.query(progressQuery)).act === 'training');
  };

  before(async () => {
    const server = await sharedEnvironment();
    const uneventful = scriptActivities().activities;
    const { activities, inputsOf: inputs } = scriptActivities({
      async draftPlan(input) {
        await plan.opened;
        return await uneventful.draftPlan(input);
      },
      async runTraining({ name }) {
        begun += 1;
        const beat = setInterval(() => heartbeat({ host: 'test-host' }), 50);
        const finished = training.opened.then(() => measuredExecution(3, name));
        return await Promise.race([finished, cancelled()]).finally(() => clearInterval(beat));
      },
      async writeReport(input) {
        await report.opened;
        return await uneventful.writeReport(input);
      },
    });
    inputsOf = inputs;
    const isUp = gate();
    workers = withWorkers(server, activities, async () => {
      isUp.open();
      await end.opened;
    });
    await Promise.race([isUp.opened, workers]);
    handle = await startExperiment({ idea: 'Try it.', approvals: ['plan'], budget: { trials: 5 }, title: 'A try' });
    id = handle.workflowId;
    await reach('planning');
  });

  after(async () => {
    [plan, training, report, end].forEach(({ open }) => open());
    await workers;
  });

  describe('while it plans', () => {
    it('has no plan yet', async () => assert.equal(await said('plan', id), `${id} has no plan yet.`));

    it('has its budget', async () => {
      assert.match(await said('budget', id), /^trials +0 +5\n/m);
    });

    it('takes feedback, and says so as JSON', async () => {
      const { messageId, ...receipt } = await json('feedback', id, 'Use numpy.', '--by', 'ada');
      assert.match(String(messageId), /^[0-9a-f-]{36}$/);
      const effect = 'Taken as message 1: it is in the next prompt.';
      assert.deepEqual(receipt, { id, signal: 'feedback', by: 'ada', message: 1, effect });
    });

    it('asks for no decision', () =>
      assertRefused(
        ['decide', id, 'approve'],
        `${id} waits for no decision: \`longrun show ${id}\` says so if it does.`,
      ));

    it('has no trial that could be abandoned', () =>
      assertRefused(['abandon', id, '1'], `${id} refuses: trial 1 is not running: no trial is.`));

    it('has no plan that could be revised', async () => {
      const { status, stderr } = await longrun('plan', id, '--revise', 'be bold');
      assert.match(stderr, /refuses: there is no plan yet/);
      assert.equal(status, 1);
    });
  });

  describe('while it waits for a decision', () => {
    before(async () => {
      plan.open();
      await reach('deciding');
    });

    it('shows how to make it', async () => {
      assert.match(
        await said('show', id),
        new RegExp(`Answer: \`longrun decide ${id} approve\`, \`revise\` or \`stop\`.`),
      );
    });

    it('refuses what is no choice', () =>
      assertRefused(['decide', id, 'maybe'], `${id} refuses: choice: must be approve or revise or stop.`));

    it('refuses a decision that nobody asked for', () =>
      assertRefused(
        ['decide', id, 'approve', '--decision', 'plan-9'],
        `${id} refuses: nobody asked for the decision plan-9: what is waited for is plan-1.`,
      ));

    it('is listed as waiting', async () => {
      const { experiments } = (await json('list')) as { experiments: Record<string, unknown>[] };
      const { startedAt, ...listed } = experiments.find((experiment) => experiment['id'] === id) ?? {};
      assert.ok(startedAt !== undefined);
      assert.deepEqual(listed, { id, status: 'running', stage: 'waiting', best: null, title: 'A try', closedAt: null });
    });

    it('goes on when it is made', async () => {
      assert.equal(
        await said('decide', id, 'approve'),
        'Decided plan-1: approve, and the next trial follows this plan.',
      );
    });
  });

  describe('while it trains', () => {
    before(() => trainingBegins(1));

    it('pauses after the trial, and does not', async () => {
      const until = `nothing begins until \`longrun resume ${id}\``;
      assert.equal(await said('pause', id), `Paused: trial 1 goes on to its end, then ${until}.`);
      assert.match(await said('show', id), /^trial 1: .*, training {2}\(pauses after this trial\)$/m);
      assert.equal(await said('resume', id), 'Resumed: it does not pause after trial 1 any more.');
      assert.equal(await said('resume', id), `Taken, but nothing was paused: ${id} goes on as before.`);
    });

    it('pauses now, and trains on', async () => {
      const { effect } = await json('pause', id, '--now');
      const until = `nothing begins until \`longrun resume ${id}\``;
      assert.equal(effect, `Paused: trial 1 stops training at a checkpoint and frees its slot; ${until}.`);
      assert.equal(
        await said('resume', id),
        'Resumed: trial 1 trains on from its last checkpoint, without one from the start.',
      );
      await trainingBegins(2);
    });

    it('takes words from standard input, as they are', async () => {
      const words = '# Use numpy\n\n"Only" that.\n';
      const { status, stdout } = await inOwnProcess(['feedback', id, '-'], words);
      assert.match(stdout, /^Taken as message \d+: it is in the next prompt\.\n$/);
      await until(() => recordedMessages().some((message) => message.kind === 'feedback' && message.text === words));
      assert.equal(status, 0);
    });

    it('is given more', async () => {
      assert.match(
        await said('budget', id, '--trials', '2', '--usd', '3'),
        /^Added to the trials: 2\.\nAdded nothing: the US dollars have no bound\.\n/,
      );
      const { added, budget, trials } = await json('budget', id);
      assert.deepEqual([added, (budget as { trials: number }).trials, trials], [null, 7, 0]);
    });

    it('is given another model', async () => {
      assert.equal(await said('model', id, 'x/y', '--role', 'coder'), 'coder takes x/y from the next call on.');
      const { changed, models } = await json('model', id, 'x/z', '--role', 'analyst');
      assert.deepEqual([changed, models], [{ analyst: 'x/z' }, { coder: 'x/y', analyst: 'x/z' }]);
      assert.match(await said('model', id), /^planner +what the `llm` worker is set to\ncoder +x\/y\n/);
    });

    it('is given another plan', async () => {
      const file = join(folder, 'PLAN.md');
      writeFileSync(file, '# Another plan\n');
      assert.match(
        await said('plan', id, '--set', file),
        /^Taken as message \d+: it is the next version, word for word, before the next trial\.$/,
      );
      const { applies, effect } = await json('plan', id, '--revise', 'be bold');
      assert.equal(applies, 'before the next trial');
      assert.match(String(effect), /the planner writes the next version before the next trial\.$/);
    });

    it('prints the plan that is in force, with its tasks', async () => {
      mkdirSync(join(folder, id, 'plans'), { recursive: true });
      writeFileSync(join(folder, id, 'plans', 'PLAN-001.md'), '# The plan\n');
      assert.match(await said('plan', id), /^Version 1\n\n# The plan\n\nTasks:\n.*Baseline/);
    });

    it('abandons no other trial', () =>
      assertRefused(['abandon', id, '9'], `${id} refuses: trial 9 is not running: trial 1 is.`));

    it('abandons this one', async () => {
      assert.match(
        await said('abandon', id, '1', '--reason', 'it is hopeless'),
        /^Trial 1 is ended, .* the next one begins;/,
      );
    });
  });

  describe('while it reports', () => {
    before(async () => {
      await until(async () => (await handle.query(progressQuery)).stage.kind === 'deciding');
      await said('decide', id, 'stop');
      await reach('reporting');
    });

    it('says of each message that it is late', async () => {
      assert.match(await said('pause', id), /^Taken, but nothing is left to pause/);
      assert.match(await said('stop', id), /^Taken, but it ends already/);
      assert.match(await said('feedback', id, 'Too late?'), /^Taken as message \d+: too late for a prompt/);
      const { status, stderr } = await longrun('budget', id, '--trials', '1');
      assert.match(stderr, /refuses: it is too late: .*`longrun fork`/);
      assert.equal(status, 1);
    });
  });

  describe('once it is over', () => {
    before(async () => {
      report.open();
      await handle.result();
    });

    const late = [
      ['pause'],
      ['resume'],
      ['stop'],
      ['feedback', 'Go on!'],
      ['decide', 'approve'],
      ['budget', '--trials', '1'],
      ['model', 'x/y'],
      ['plan', '--revise', 'be bold'],
      ['abandon', '1'],
    ];
    for (const [command = '', ...words] of late) {
      it(`takes no ${command}`, () =>
        assertRefused(
          [command, id, ...words],
          `${id} is over (completed): it takes nothing any more, start another with \`longrun fork ${id} --from-trial N\`.`,
        ));
    }

    it('still answers', async () => {
      const { status, progress } = await json('show', id);
      assert.deepEqual([status, (progress as { stage: Stage }).stage.kind], ['COMPLETED', 'finished']);
      assert.match(await said('budget', id), /^trials +1 +7\n/m);
    });
  });
});
