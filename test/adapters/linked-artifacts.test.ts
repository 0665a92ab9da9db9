import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactFolder } from '../../activities/adapters/artifact-store.ts';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { failureOf } from '../support/failures.ts';
import { published } from '../support/published.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function assertRefused(work: Promise<unknown>): Promise<void> {
  const { type, nonRetryable } = await failureOf(work);
  assert.deepEqual({ type, nonRetryable }, { type: failureType.artifactStoreRefused, nonRetryable: true });
}

describe('the local artifact store and links', () => {
  const place = temporaryFolder();
  const root = () => join(place(), 'root');
  const folder = (): ArtifactFolder => localArtifactStore(root()).folder('digits');
  const publish = (path: string, localFile: string) => published(folder(), path, localFile);

  describe('a link in a folder of artifacts', () => {
    beforeEach(async () => {
      await mkdir(join(root(), 'digits'), { recursive: true });
      await mkdir(join(place(), 'outside'));
      await writeFile(join(place(), 'outside', 'secret'), 'secret');
    });

    it('that stands for a folder outside is refused in every operation', async () => {
      await symlink(join(place(), 'outside'), join(root(), 'digits', 'link'));
      await assertRefused(folder().write('link/x', 'x'));
      await assertRefused(folder().create('link/x', 'x'));
      await assertRefused(publish('link/x', join(place(), 'outside', 'secret')));
      await assertRefused(folder().read('link/secret'));
      await assertRefused(folder().readIfPresent('link/secret'));
      await assertRefused(folder().list('link'));
      await assertRefused(folder().remove('link/secret'));
      await assertRefused(folder().rename('link/secret', 'x'));
      await folder().write('a', 'x');
      await assertRefused(folder().rename('a', 'link/b'));
      await assertRefused(folder().write('link/deep/x', 'x'));
      assert.deepEqual(await readdir(join(place(), 'outside')), ['secret']);
    });

    it('that leads to the folder of another experiment is refused', async () => {
      await localArtifactStore(root()).folder('other').write('x', 'x');
      await symlink(join(root(), 'other'), join(root(), 'digits', 'link'));
      await assertRefused(folder().read('link/x'));
    });

    it('is not followed at the end of a path', async () => {
      await symlink(join(place(), 'outside', 'secret'), join(root(), 'digits', 'link'));
      assert.match((await failureOf(folder().read('link'))).message, /link/);
    });

    it('is replaced by a write, and what it led to stays', async () => {
      await symlink(join(place(), 'outside', 'secret'), join(root(), 'digits', 'link'));
      await folder().write('link', 'new');
      assert.deepEqual(
        [await folder().read('link'), await readFile(join(place(), 'outside', 'secret'), 'utf8')],
        ['new', 'secret'],
      );
    });

    it('inside of the folder may be used', async () => {
      await folder().write('real/x', 'x');
      await symlink(join(root(), 'digits', 'real'), join(root(), 'digits', 'link'));
      assert.equal(await folder().read('link/x'), 'x');
    });
  });
});
