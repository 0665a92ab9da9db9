import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { equipHost } from '../../activities/equip-host.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import type { PreparedData } from '../../workflows/domain/placement.ts';
import { prepareData } from '../../activities/prepare-data.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { anExperiment } from '../support/builders.ts';
import { failureOf } from '../support/failures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hostDependencies } from '../support/training.ts';

describe('a host that is equipped for a training', () => {
  const folder = temporaryFolder();
  const set = () => join(folder(), 'set');

  async function prepared(): Promise<PreparedData[]> {
    await mkdir(set());
    await writeFile(join(set(), 'a'), 'one');
    const input = { experiment: anExperiment(), data: [{ name: 'digits', path: set() }] };
    return await runIn(anActivityEnvironment(), () => prepareData(hostDependencies(folder()), input));
  }

  async function equip(data: PreparedData[]): Promise<void> {
    const input = { experiment: anExperiment(), lock: null, data };
    await runIn(anActivityEnvironment(), () => equipHost(hostDependencies(folder()), input));
  }

  it('may have the data already', async () => {
    await equip(await prepared());
  });

  it('is no host for it when it has other data by the same name, and says which', async () => {
    const data = await prepared();
    await writeFile(join(set(), 'a'), 'two');
    const { type, message, details } = await failureOf(equip(data));
    assert.deepEqual({ type, details }, { type: failureType.hostLacksData, details: [{ host: 'some-host' }] });
    assert.match(message, /digits here is not the one/);
  });

  it('is no host for it when it has nothing at the path', async () => {
    const [data] = await prepared();
    assert.ok(data !== undefined);
    const elsewhere = { ...data, source: { name: 'digits', path: '/absent/set' } };
    assert.equal((await failureOf(equip([elsewhere]))).type, failureType.hostLacksData);
  });
});
