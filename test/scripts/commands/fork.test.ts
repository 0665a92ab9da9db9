import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localArtifactStore } from '../../../activities/adapters/local-artifact-store.ts';
import { openExperiment } from '../../../activities/open-experiment.ts';
import { recordMessages } from '../../../activities/record-messages.ts';
import { recordTrial } from '../../../activities/record-trial.ts';
import { readFeedback } from '../../../workflows/domain/read-signal.ts';
import type { experiment } from '../../../workflows/experiment.ts';
import { journalQuery, progressQuery } from '../../../workflows/messages.ts';
import { recordExperiment } from '../../support/recorded-experiment.ts';
import { sharedEnvironment } from '../../support/root-hooks.ts';
import { runCommand } from '../../support/run-command.ts';
import { trainings } from '../../support/run-experiment.ts';
import { scriptActivities } from '../../support/scripted-activities.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { withWorkers } from '../../support/workflow-environment.ts';

describe('longrun fork', () => {
  const folder = temporaryFolder();
  const home = () => join(folder(), 'home');

  async function fork(commandLine: string[], address = '127.0.0.1:1') {
    return await runCommand(['fork', ...commandLine], {
      LONGRUN_HOME: home(),
      LONGRUN_STATE: join(folder(), 'state'),
      TEMPORAL_ADDRESS: address,
    });
  }

  async function refusal(...commandLine: string[]): Promise<string> {
    const { status, stderr } = await fork(commandLine);
    assert.equal(status, 2, stderr);
    return stderr.trimEnd();
  }

  it('goes on from the past of another experiment, with another plan and what is said along with it', async () => {
    await recordExperiment(home(), {
      trials: [{ said: [readFeedback('one', 'now')] }, { result: { verdict: 'revisePlan' } }],
    });
    const plan = join(folder(), 'PLAN.md');
    await writeFile(plan, '# Mine\n');
    const dependencies = { artifacts: localArtifactStore(home()), hostLossMinutes: null };
    const opening = { ...dependencies, hasSearchAttributes: false, hasWebhook: false };
    const script = scriptActivities({
      ...trainings(1.5),
      openExperiment: (input) => openExperiment(opening, input),
      recordMessages: (input) => recordMessages(dependencies, input),
      recordTrial: (input) => recordTrial(dependencies, input),
    });
    const environment = await sharedEnvironment();
    await withWorkers(environment, script.activities, async () => {
      const said = ['--plan', plan, '--feedback', 'Widen it.', '--by', 'eve'];
      const told = [...said, '--model', 'a/b', '--trials', '5', '--target', '1.8', '--json'];
      const started = await fork(['digits', '--from-trial', '2', ...told], environment.address);
      assert.equal(started.stdout, '{"id":"digits-fork-1","link":null}\n', started.stderr);
      const handle = environment.client.workflow.getHandle<typeof experiment>('digits-fork-1');
      const { verdict, bestTrial } = await handle.result();
      assert.deepEqual([verdict, bestTrial?.trial], ['goalReached', 3]);
      assert.equal((await handle.query(progressQuery)).metric?.target, 1.8);
      assert.deepEqual(
        (await handle.query(journalQuery)).entries.map(({ title }) => title),
        ['Trial 1', 'Trial 2', 'Script 3.1'],
      );
    });
    const [written] = script.inputsOf('writeTrainingScript');
    assert.deepEqual(
      [written?.['number'], written?.['planVersion'], written?.['messages'], written?.['earlierTrials']],
      [3, 2, 2, [1, 2]],
    );
    assert.deepEqual(script.inputsOf('revisePlan').concat(script.inputsOf('draftPlan')), []);
    assert.equal(script.inputsOf('surveyHost').length, 1);
    const log = await localArtifactStore(home()).folder('digits-fork-1').read('EXPERIMENT_LOG.md');
    assert.ok(log.includes('eve gave feedback:\n\n  > Widen it.\n'), log);
    assert.match(log, /## Trial 3: Script 3\.1\n\n.*, under version 2 of the plan\n/);
  });

  it('takes the next free number for its id, also from a fork', async () => {
    await recordExperiment(home());
    const store = localArtifactStore(home());
    await store.folder('digits-fork-1').write('experiment.json', await store.folder('digits').read('experiment.json'));
    await store.folder('digits-fork-1').write('trials/001/entry.md', '');
    const { address, client } = await sharedEnvironment();
    assert.match((await fork(['digits', '--from-trial', '1'], address)).stdout, /^Started digits-fork-2\n/);
    await client.workflow.getHandle('digits-fork-2').terminate();
  });

  it('refuses an experiment or trial that is not there before it connects to anything', async () => {
    await recordExperiment(home());
    assert.equal(
      await refusal('elsewhere', '--from-trial', '1'),
      `The fork is not valid: fork.experiment: there is no experiment elsewhere in ${home()}.`,
    );
    assert.equal(
      await refusal('digits', '--from-trial', '9'),
      'The fork is not valid: fork.trial: digits has no finished trial 9; it has trial 1.',
    );
    assert.equal(existsSync(join(home(), 'digits-fork-1')), false);
  });

  it('refuses what cannot be begun, each with its place', async () => {
    await recordExperiment(home());
    assert.match(
      await refusal('digits', '--from-trial', '1', '--trials', '1'),
      /: budget\.trials: is 1, and 1 of them are/,
    );
    assert.match(
      await refusal('digits', '--from-trial', '1', '--model', 'a b'),
      /models\.planner: must be provider\/model/,
    );
    assert.match(await refusal('digits', '--from-trial', '1', '--feedback', ' '), /fork\.feedback: is empty/);
    assert.match(await refusal('digits', '--from-trial', '1', '--id', 'a/b'), /^The id is not valid: a\/b: must have/);
    assert.match(await refusal('digits', '--from-trial', '1', '--plan', join(folder(), 'no.md')), /ENOENT/);
    assert.match(await refusal('../digits', '--from-trial', '1'), /fork\.experiment: must have 1 to 100 letters/);
  });
});
