import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprint } from '../../activities/adapters/fingerprint.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the fingerprint of a data set', () => {
  const folder = temporaryFolder();

  beforeEach(async () => {
    await mkdir(join(folder(), 'set', 'deep'), { recursive: true });
    await writeFile(join(folder(), 'set', 'deep', 'b'), 'two');
    await writeFile(join(folder(), 'set', 'a'), 'one');
  });
  const ofSet = async () => (await fingerprint(join(folder(), 'set'))).sha256;

  it('counts files and bytes, and is of their content', async () => {
    const { of, files, bytes } = await fingerprint(join(folder(), 'set'));
    assert.deepEqual({ of, files, bytes }, { of: 'content', files: 2, bytes: 6 });
  });

  it('stays the same where the same set lies elsewhere', async () => {
    const before = await ofSet();
    await rename(join(folder(), 'set'), join(folder(), 'moved'));
    assert.equal((await fingerprint(join(folder(), 'moved'))).sha256, before);
  });

  it('is another one when a byte of a file is another one', async () => {
    const before = await ofSet();
    await writeFile(join(folder(), 'set', 'a'), 'onE');
    assert.notEqual(await ofSet(), before);
  });

  it('is another one when a file has another name', async () => {
    const before = await ofSet();
    await rename(join(folder(), 'set', 'a'), join(folder(), 'set', 'c'));
    assert.notEqual(await ofSet(), before);
  });

  it('is another one when a link leads elsewhere, and does not follow it', async () => {
    const link = join(folder(), 'set', 'link');
    await symlink('/etc', link);
    const { sha256, files } = await fingerprint(join(folder(), 'set'));
    assert.equal(files, 3);
    await rm(link);
    await symlink('/usr', link);
    assert.notEqual(await ofSet(), sha256);
  });

  it('can be taken of a single file', async () => {
    const { files, bytes } = await fingerprint(join(folder(), 'set', 'a'));
    assert.deepEqual({ files, bytes }, { files: 1, bytes: 3 });
  });
});
