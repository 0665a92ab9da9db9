import assert from 'node:assert/strict';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { adoptPlan } from '../../activities/adopt-plan.ts';
import { recordMessages } from '../../activities/record-messages.ts';
import { savePlan } from '../../activities/save-plan.ts';
import type { PersonMessage } from '../../workflows/domain/person-message.ts';
import { anExperiment } from '../support/builders.ts';
import { failureOf } from '../support/failures.ts';
import { folderContent } from '../support/folder-content.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('adoptPlan', () => {
  const root = temporaryFolder();
  const experiment = anExperiment();
  const dependencies = () => ({ artifacts: localArtifactStore(root()) });
  const folder = () => dependencies().artifacts.folder('digits');

  async function say(plan: string | null): Promise<void> {
    const message: PersonMessage = { kind: 'revisePlan', plan, reason: 'enough', by: 'Ada', at: 'now', id: null };
    await recordMessages(dependencies(), { experiment, from: 1, messages: [message] });
  }

  const adopt = () => adoptPlan(dependencies(), { experiment, message: 1, version: 2, tasks: [] });

  it('makes a version of the plan of what a person gave, beside the old one', async () => {
    await savePlan(folder(), 1, 'First.');
    await say('# Mine\n\n  - wider\n');
    await adopt();
    assert.equal(await folder().read('plans/PLAN-002.md'), '# Mine\n\n  - wider\n');
    assert.equal(await folder().read('PLAN.md'), '# Mine\n\n  - wider\n');
    assert.equal(await folder().read('plans/PLAN-001.md'), 'First.\n');
  });

  it('is the same when it is done again', async () => {
    await say('# Mine');
    await adopt();
    const before = await folderContent(root());
    await adopt();
    assert.deepEqual(await folderContent(root()), before);
  });

  it('fails for a message that brings no plan', async () => {
    await say(null);
    assert.match((await failureOf(adopt())).message, /Message 1 brings no plan/);
  });
});
