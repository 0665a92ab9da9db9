import assert from 'node:assert/strict';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { savePlan } from '../../activities/save-plan.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('savePlan', () => {
  const root = temporaryFolder();
  const folder = () => localArtifactStore(root()).folder('digits');

  describe('a saved plan', () => {
    it('is a file of its own, and PLAN.md shows it', async () => {
      await savePlan(folder(), 1, '\n# Plan\n\nFirst.\n\n');
      assert.deepEqual(
        [await folder().read('plans/PLAN-001.md'), await folder().read('PLAN.md')],
        ['# Plan\n\nFirst.\n', '# Plan\n\nFirst.\n'],
      );
    });

    it('stays when a newer version comes, which PLAN.md then shows', async () => {
      await savePlan(folder(), 1, 'First.');
      await savePlan(folder(), 2, 'Second.');
      assert.deepEqual(
        [
          await folder().read('plans/PLAN-001.md'),
          await folder().read('plans/PLAN-002.md'),
          await folder().read('PLAN.md'),
        ],
        ['First.\n', 'Second.\n', 'Second.\n'],
      );
    });

    it('is never overwritten under the same version', async () => {
      await savePlan(folder(), 1, 'First.');
      await savePlan(folder(), 1, 'Another first.');
      assert.equal(await folder().read('plans/PLAN-001.md'), 'First.\n');
      assert.equal(await folder().read('PLAN.md'), 'First.\n');
    });

    it('may be saved again by a retry', async () => {
      await savePlan(folder(), 1, 'First.');
      await savePlan(folder(), 1, 'First.');
      assert.equal(await folder().read('PLAN.md'), 'First.\n');
    });
  });
});
