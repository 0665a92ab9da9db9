import assert from 'node:assert/strict';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { openExperiment } from '../../activities/open-experiment.ts';
import type { Past } from '../../workflows/domain/past.ts';
import { readFeedback } from '../../workflows/domain/read-signal.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { anExperiment } from '../support/builders.ts';
import { recordExperiment } from '../support/recorded-experiment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('what a fork inherits of the messages of people', () => {
  const root = temporaryFolder();

  /** Of a fork of `digits` after its first trial. */
  async function pastOf(more: object = {}): Promise<Past> {
    const surroundings = { hostLossMinutes: null, hasSearchAttributes: false, hasWebhook: false };
    const dependencies = { artifacts: localArtifactStore(root()), ...surroundings };
    const experiment = { ...anExperiment('digits-fork'), runId: '22222222-2222-3333-4444-555555555555' };
    const input = { fork: { experiment: 'digits', trial: 1, ...more } };
    const { past } = await runIn(anActivityEnvironment(), () => openExperiment(dependencies, { experiment, input }));
    return past ?? assert.fail('the fork has no past');
  }

  it('are the newest of them, with what is said along with it', async () => {
    await recordExperiment(root(), { trials: [{ said: ['one', 'two'].map((text) => readFeedback(text, 'now')) }] });
    const { recent = [] } = await pastOf({ feedback: 'Go on.', by: 'ada' });
    assert.deepEqual(
      recent.map(({ number, kind, by }) => [number, kind, by]),
      [
        [1, 'feedback', 'somebody'],
        [2, 'feedback', 'somebody'],
        [3, 'feedback', 'ada'],
      ],
    );
  });

  describe('that ask for another plan', () => {
    const planChanges = [{ message: 1, hasPlan: true, by: 'ada', reason: 'wider' }];
    beforeEach(async () => await recordExperiment(root(), { trials: [{ planChanges }] }));

    it('are those that waited then', async () => {
      assert.deepEqual((await pastOf()).planChanges, planChanges);
    });

    it('are none where another plan is given with it', async () => {
      assert.deepEqual((await pastOf({ plan: '# Mine' })).planChanges, []);
    });
  });
});
