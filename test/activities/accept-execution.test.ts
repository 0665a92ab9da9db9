import assert from 'node:assert/strict';
import { acceptExecution } from '../../activities/accept-execution.ts';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { anExperiment } from '../support/builders.ts';
import { folderContent } from '../support/folder-content.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the acceptance of an execution', () => {
  const place = temporaryFolder();
  const artifacts = () => localArtifactStore(place());
  const name = { experiment: anExperiment(), trial: 1, name: 'seed-0' };
  const accept = (placement: number, host: string) =>
    acceptExecution({ artifacts: artifacts() }, { ...name, placement, host });

  async function publish(attempt: string, content: string): Promise<void> {
    const folder = artifacts().folder('digits');
    for (const file of ['log.txt', 'result.json', 'checkpoints/manifest.json']) {
      await folder.write(`trials/001/seed-0/attempts/${attempt}/${file}`, content);
    }
  }
  const accepted = async (): Promise<[string, string][]> =>
    Object.entries(await folderContent(place()))
      .filter(([path]) => !path.endsWith('/'))
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([path, content]) => [path.replace('digits/trials/001/seed-0/', ''), content]);

  it('moves everything of the attempt to where people look for it', async () => {
    await publish('1-alpha', 'A');
    await accept(1, 'alpha');
    assert.deepEqual(await accepted(), [
      ['checkpoints/manifest.json', 'A'],
      ['log.txt', 'A'],
      ['result.json', 'A'],
    ]);
  });

  it('replaces what was accepted before a reset of the workflow', async () => {
    await publish('1-alpha', 'A');
    await accept(1, 'alpha');
    await publish('1-alpha', 'again');
    await accept(1, 'alpha');
    const files = await accepted();
    assert.deepEqual(
      files.map(([, content]) => content),
      ['again', 'again', 'again'],
    );
  });

  it('changes nothing when it is done again', async () => {
    await publish('1-alpha', 'A');
    await accept(1, 'alpha');
    const before = await accepted();
    await accept(1, 'alpha');
    assert.deepEqual(await accepted(), before);
  });

  it('leaves no digest so far behind in the folder of the attempt', async () => {
    await artifacts().folder('digits').write('trials/001/seed-0/attempts/1-alpha/digest.md', 'so far');
    await accept(1, 'alpha');
    assert.deepEqual(
      Object.keys(await folderContent(place())).filter((path) => /digest|attempts/.test(path)),
      ['digits/trials/001/seed-0/digest.md'],
    );
  });

  it('leaves aside what a host publishes that was given up, before and after', async () => {
    await publish('1-alpha', 'early');
    await publish('2-beta', 'B');
    await accept(2, 'beta');
    await publish('1-alpha', 'late');
    const files = Object.fromEntries(await accepted());
    assert.deepEqual([files['log.txt'], files['attempts/1-alpha/log.txt']], ['B', 'late']);
  });
});
