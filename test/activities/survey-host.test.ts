import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import type { Host } from '../../activities/adapters/host.ts';
import type { Sandbox, SandboxOptions } from '../../activities/adapters/sandbox.ts';
import { surveyHost } from '../../activities/survey-host.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import type { PreparedData } from '../../workflows/domain/placement.ts';
import { anExperiment, someResources } from '../support/builders.ts';
import { failureOf } from '../support/failures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aHost, hostDependencies } from '../support/training.ts';

describe('the survey of a host', () => {
  const folder = temporaryFolder();

  async function survey(overrides: Partial<Host> = {}, input: { data?: PreparedData[]; packages?: string[] } = {}) {
    const host = aHost(folder(), overrides);
    await mkdir(host.stateFolder, { recursive: true });
    const dependencies = hostDependencies(folder(), { host });
    const { data = [], packages = [] } = input;
    await surveyHost(dependencies, { experiment: anExperiment(), resources: someResources({ data }), packages });
    return await dependencies.artifacts.folder('digits').read('host.md');
  }

  it('names what is really installed, with its version', async () => {
    assert.match(await survey(), /Installed packages: .*numpy \d+\.\d+/);
  });

  it('names the GPUs with their memory, and how many a training has', async () => {
    const devices = [{ uuid: 'GPU-a', name: 'Stand-in', memoryMegabytes: 81_000, nodes: [] }];
    const text = await survey({ accelerator: 'cuda', devices });
    assert.match(text, /GPUs: Stand-in, 81000 MB\n- Each training has one GPU/);
  });

  it('says where data sets are, and that nothing else can be installed', async () => {
    const source = { name: 'digits', path: '/srv/digits' };
    const fingerprint = { sha256: '', of: 'content', files: 2, bytes: 6 } as const;
    const sandbox: Sandbox = { kind: 'bubblewrap', bubblewrap: '/usr/bin/bwrap', readOnlyPaths: [] };
    const text = await survey({ sandbox }, { data: [{ source, fingerprint }] });
    assert.match(text, /Data set digits: \/data\/digits \(read-only, 2 files, 6 bytes\)/);
    assert.match(text, /Nothing else can be installed/);
  });

  it('says what a script may have installed, and how', async () => {
    assert.match(await survey({}, { packages: ['einops'] }), /these packages: einops .*PEP 723/);
  });

  it('refuses a host on which no sandbox can be made, before anything was spent, and says how to mend it', async () => {
    const { python, supervisorPython } = aHost(folder());
    const options: SandboxOptions = { mode: 'auto', candidates: ['/absent/bwrap'], python, supervisorPython };
    const noSandbox: Sandbox = { kind: 'unavailable', reason: 'it was busy', options };
    const failure = await failureOf(survey({ sandbox: noSandbox }));
    const { type, nonRetryable, message } = failure;
    assert.deepEqual({ type, nonRetryable }, { type: failureType.sandboxUnavailable, nonRetryable: true });
    assert.match(message, /\/absent\/bwrap.*LONGRUN_SANDBOX=off/s);
  });
});
