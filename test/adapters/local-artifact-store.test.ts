import assert from 'node:assert/strict';
import { open, readdir, readFile, symlink, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactFolder } from '../../activities/adapters/artifact-store.ts';
import { localArtifactStore, sha256 } from '../../activities/adapters/local-artifact-store.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { failureOf } from '../support/failures.ts';
import { published } from '../support/published.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function assertRefused(work: Promise<unknown>): Promise<void> {
  const { type, nonRetryable } = await failureOf(work);
  assert.deepEqual({ type, nonRetryable }, { type: failureType.artifactStoreRefused, nonRetryable: true });
}

describe('the local artifact store', () => {
  const place = temporaryFolder();
  const root = () => join(place(), 'root');
  const folder = (): ArtifactFolder => localArtifactStore(root()).folder('digits');
  const publish = (path: string, localFile: string) => published(folder(), path, localFile);
  /** Gives an open file with this content. */
  const withSource = async <T>(content: string, act: (handle: FileHandle) => Promise<T>): Promise<T> => {
    await writeFile(join(place(), 'source'), content);
    const handle = await open(join(place(), 'source'));
    try {
      return await act(handle);
    } finally {
      await handle.close();
    }
  };
  /** Publishes a file with this content that should have the other. */
  const publishIfIntact = (path: string, content: string, expected: string) =>
    withSource(content, (handle) => {
      const bytes = Buffer.byteLength(expected);
      return folder().publishIfIntact(path, handle, { sha256: sha256(expected), bytes });
    });
  const onDisk = (path: string) => readFile(join(root(), 'digits', path), 'utf8');

  /** A folder below a regular file: nobody can write there, not even an administrator. */
  const impossible = async () => {
    await writeFile(join(place(), 'file'), '');
    return localArtifactStore(join(place(), 'file', 'root'));
  };

  describe('a folder of artifacts', () => {
    it('writes a file where its path says, with folders as needed', async () => {
      await folder().write('trials/007/train.py', 'print(1)\n');
      assert.equal(await onDisk('trials/007/train.py'), 'print(1)\n');
    });

    it('answers a write with path, hash and bytes of the content', async () => {
      assert.deepEqual(await folder().write('a.md', 'né\n'), { path: 'a.md', sha256: sha256('né\n'), bytes: 4 });
    });

    it('hashes as everybody does', () => {
      assert.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    });

    it('replaces a file that is there', async () => {
      await folder().write('a.md', 'a long first content');
      await folder().write('a.md', 'second');
      assert.equal(await folder().read('a.md'), 'second');
    });

    it('leaves no temporary file behind', async () => {
      await folder().write('a.md', 'x');
      await folder().create('a.md', 'y');
      await folder().create('b.md', 'z');
      assert.deepEqual((await readdir(join(root(), 'digits'))).toSorted(), ['a.md', 'b.md']);
    });

    it('reads back any text', async () => {
      const text = '\u0000 \r\n ü 界 😀 \t';
      await folder().write('a.txt', text);
      assert.equal(await folder().read('a.txt'), text);
    });

    it('has nothing to read where nothing is', async () => {
      assert.equal(await folder().readIfPresent('absent/a.md'), null);
      assert.deepEqual(await folder().list('absent'), []);
    });

    it('fails to read what must be there and is not', async () => {
      const { type, message } = await failureOf(folder().read('absent.md'));
      assert.equal(type, failureType.artifactStoreUnavailable);
      assert.match(message, /absent\.md: there is no such file/);
    });

    it('renames a file', async () => {
      await folder().write('llm/a.json', 'x');
      await folder().rename('llm/a.json', 'llm/b.json');
      assert.deepEqual([await folder().readIfPresent('llm/a.json'), await folder().read('llm/b.json')], [null, 'x']);
    });

    it('takes away an empty folder, and no other one', async () => {
      await folder().write('a/b/x', 'x');
      await folder().removeEmptyFolder('a/b');
      await folder().rename('a/b/x', 'x');
      await folder().removeEmptyFolder('a/b');
      await folder().removeEmptyFolder('absent');
      assert.deepEqual(await readdir(join(root(), 'digits', 'a')), []);
    });

    it('publishes a copy of a local file, with its hash and bytes', async () => {
      const source = join(place(), 'log.txt');
      const content = 'line\n'.repeat(500_000);
      await writeFile(source, content);
      const reference = await publish('trials/001/log.txt', source);
      assert.deepEqual(reference, { path: 'trials/001/log.txt', sha256: sha256(content), bytes: 2_500_000 });
      assert.ok((await onDisk('trials/001/log.txt')) === content);
    });

    it('publishes the beginning of a file where that is all it is asked for', async () => {
      const reference = await withSource('abcdef', (handle) => folder().publish('a', handle, 4));
      assert.deepEqual(reference, { path: 'a', sha256: sha256('abcd'), bytes: 4 });
      assert.equal(await folder().read('a'), 'abcd');
    });

    it('publishes a file that is what it should be, and an empty one', async () => {
      assert.deepEqual([await publishIfIntact('a', 'abc', 'abc'), await folder().read('a')], [true, 'abc']);
      assert.deepEqual([await publishIfIntact('b', '', ''), await folder().read('b')], [true, '']);
    });

    it('changes nothing for a file that is not what it should be', async () => {
      await folder().write('a', 'before');
      assert.equal(await publishIfIntact('a', 'abd', 'abc'), false);
      assert.equal(await publishIfIntact('a', 'ab', 'abc'), false);
      assert.equal(await folder().read('a'), 'before');
      assert.deepEqual(await readdir(join(root(), 'digits')), ['a']);
    });

    it('lists the names in a folder, and none where there is no folder', async () => {
      await folder().write('a/x', 'x');
      await folder().write('a/b/y', 'y');
      assert.deepEqual((await folder().list('a')).toSorted(), ['b', 'x']);
      assert.deepEqual(await folder().list('absent'), []);
    });

    it('removes a file or a folder with all in it, whether it is there or not', async () => {
      await folder().write('a/x', 'x');
      await folder().write('a/b/y', 'y');
      await folder().remove('a/x');
      await folder().remove('a/x');
      assert.deepEqual(await folder().list('a'), ['b']);
      await folder().remove('a');
      assert.deepEqual(await readdir(join(root(), 'digits')), []);
    });

    it('removes a link and not what it leads to', async () => {
      await folder().write('kept/x', 'x');
      await symlink(join(root(), 'digits', 'kept'), join(root(), 'digits', 'link'));
      await folder().remove('link');
      assert.equal(await folder().read('kept/x'), 'x');
    });

    it('moves what is there and says of what is not that it is not', async () => {
      await folder().write('attempts/1/log.txt', 'x');
      assert.equal(await folder().renameIfPresent('attempts/1/log.txt', 'log.txt'), true);
      assert.equal(await folder().renameIfPresent('attempts/1/log.txt', 'log.txt'), false);
      assert.equal(await folder().read('log.txt'), 'x');
    });
  });

  describe('the creation of a file', () => {
    it('writes it where nothing is', async () => {
      assert.equal(await folder().create('a.md', 'first'), true);
      assert.equal(await folder().read('a.md'), 'first');
    });

    it('changes nothing where something is', async () => {
      await folder().write('a.md', 'first');
      assert.equal(await folder().create('a.md', 'second'), false);
      assert.equal(await folder().read('a.md'), 'first');
    });

    it('succeeds for exactly one of 20 writers at once, whose content stays', async () => {
      const writers = Array.from({ length: 20 }, (_, index) => `writer ${index}`);
      const results = await Promise.all(writers.map((content) => folder().create('experiment.json', content)));
      const winners = writers.filter((_, index) => results[index]);
      assert.deepEqual([winners.length, await folder().read('experiment.json')], [1, winners[0]]);
    });
  });

  describe('a path that leaves its folder', () => {
    const paths = [
      '..',
      '../x',
      '../other/x',
      'a/../../x',
      'a/b/../../../x',
      './../x',
      '/etc/passwd',
      '//etc/passwd',
      '.',
      './',
      'a/..',
      '',
      'a\0b',
      '../digits-2/x',
    ];
    for (const path of paths) {
      it(`is refused in every operation: ${JSON.stringify(path)}`, async () => {
        await writeFile(join(place(), 'source'), 'x');
        await assertRefused(folder().write(path, 'x'));
        await assertRefused(folder().create(path, 'x'));
        await assertRefused(publish(path, join(place(), 'source')));
        await assertRefused(publishIfIntact(path, 'x', 'x'));
        await assertRefused(folder().list(path));
        await assertRefused(folder().remove(path));
        await assertRefused(folder().renameIfPresent(path, 'x'));
        await assertRefused(folder().read(path));
        await assertRefused(folder().readIfPresent(path));
        await assertRefused(folder().rename(path, 'x'));
        await assertRefused(folder().rename('x', path));
        await assertRefused((async () => folder().localPath(path))());
        assert.deepEqual(await readdir(place()).then((names) => names.filter((name) => name === 'x')), []);
      });
    }

    for (const name of ['..', '../x', 'a/../..', '/tmp', '.', '']) {
      it(`is refused as the name of a folder: ${JSON.stringify(name)}`, async () => {
        await assertRefused((async () => localArtifactStore(root()).folder(name))());
      });
    }

    it('is not one that only looks like it', async () => {
      for (const path of ['..x', 'a/..x', '...', 'a..b', 'a/./b', 'a/../b', '~', '%2e%2e', '..\\x']) {
        await folder().write(path, path);
        assert.equal(await folder().read(path), path);
      }
    });
  });

  describe('a store that cannot be written', () => {
    for (const [operation, act] of Object.entries({
      write: (folder: ArtifactFolder) => folder.write('a.md', 'x'),
      create: (folder: ArtifactFolder) => folder.create('a.md', 'x'),
      read: (folder: ArtifactFolder) => folder.read('a.md'),
      readIfPresent: (folder: ArtifactFolder) => folder.readIfPresent('a.md'),
      rename: (folder: ArtifactFolder) => folder.rename('a.md', 'b.md'),
      publish: (folder: ArtifactFolder) => published(folder, 'a.md', join(place(), 'file')),
    })) {
      it(`is Unavailable and worth a retry for ${operation}`, async () => {
        const { type, nonRetryable } = await failureOf(act((await impossible()).folder('digits')));
        assert.deepEqual({ type, nonRetryable }, { type: failureType.artifactStoreUnavailable, nonRetryable: false });
      });
    }

    it('is told from one that can be', async () => {
      const failure = await failureOf((await impossible()).assertWritable());
      assert.equal(failure.type, failureType.artifactStoreUnavailable);
      await localArtifactStore(root()).assertWritable();
      assert.deepEqual(await readdir(root()), []);
    });

    it('says what to do about it', async () => {
      assert.match((await failureOf((await impossible()).assertWritable())).message, /LONGRUN_HOME/);
    });
  });
});
