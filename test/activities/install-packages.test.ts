import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installLockedPackages } from '../../activities/adapters/python-packages.ts';
import { equipHost } from '../../activities/equip-host.ts';
import { installPackages, type InstalledPackages } from '../../activities/install-packages.ts';
import type { TrainingDependencies } from '../../activities/dependencies.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { anExperiment } from '../support/builders.ts';
import { failureOf } from '../support/failures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aHost, aRequest, endTrainings, hostDependencies, theSandbox, watch } from '../support/training.ts';

/** A wheel of a package with one module, in which VALUE is 7. What `code` says runs with every start of Python. */
const wheelScript = `
import sys, zipfile
folder, name, version, *code = sys.argv[1:]
with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
    wheel.writestr(f"{name}.py", "VALUE = 7\\ndef show(): print(VALUE)\\n")
    for text in code:
        wheel.writestr("beneath.pth", text + "\\n")
        wheel.writestr(f"{name}.pth", text + "\\n")
    info = f"{name}-{version}.dist-info"
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/entry_points.txt", f"[console_scripts]\\ntiny = {name}:show\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

const declaring = (...requirements: string[]): string =>
  `# /// script\n# dependencies = ${JSON.stringify(requirements)}\n# ///\n`;

const writeScript = ({ artifacts }: TrainingDependencies, script: string) =>
  artifacts.folder('digits').write('trials/001/versions/train-1.py', script);

describe('the packages that a script declares', () => {
  const folder = temporaryFolder(endTrainings);
  const before = { ...process.env };

  /** A folder of wheels is the only index there is. */
  beforeEach(async () => {
    Object.assign(process.env, { UV_FIND_LINKS: folder(), UV_NO_INDEX: '1', UV_CACHE_DIR: join(folder(), 'cache') });
    for (const version of ['1.0', '2.0']) {
      await promisify(execFile)(aHost(folder()).python, ['-c', wheelScript, folder(), 'tiny_thing', version]);
    }
  });
  afterEach(() => {
    for (const name of ['UV_FIND_LINKS', 'UV_NO_INDEX', 'UV_CACHE_DIR', 'UV_DEFAULT_INDEX', 'UV_HTTP_RETRIES']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  async function install(
    script: string,
    allowed: string[],
    { attempt = 1, installer = aHost(folder()).installer } = {},
  ): Promise<InstalledPackages> {
    const dependencies = hostDependencies(folder(), { host: aHost(folder(), { installer }) });
    const reference = await writeScript(dependencies, script);
    const input = { experiment: anExperiment(), script: reference, allowed };
    return await runIn(anActivityEnvironment({ attempt }), () => installPackages(dependencies, input));
  }

  it('are locked by version and hash, and the lock is kept beside the script', async () => {
    const installed = await install(declaring('tiny-thing<2'), ['tiny-thing']);
    assert.ok(installed.kind === 'installed', JSON.stringify(installed));
    assert.equal(installed.lock.path, 'trials/001/versions/train-1.py.lock');
    const lock = await hostDependencies(folder()).artifacts.folder('digits').read(installed.lock.path);
    assert.match(lock, /^tiny-thing==1\.0 \\\n\s+--hash=sha256:[0-9a-f]{64}/);
  });

  it('are there for the training, in the sandbox, beside those that the host has', async () => {
    const script = `${declaring('tiny-thing')}import longrun, numpy, tiny_thing\nlongrun.finish(val_error=tiny_thing.VALUE)\n`;
    const installed = await install(script, ['*']);
    assert.ok(installed.kind === 'installed', JSON.stringify(installed));
    const dependencies = hostDependencies(folder(), { host: aHost(folder(), { sandbox: await theSandbox() }) });
    const request = await aRequest(dependencies, script, { lock: installed.lock });
    assert.deepEqual((await watch(dependencies, request).result).outcome, { kind: 'completed', metric: 7 });
  });

  it('run no code outside of the sandbox, not even what is to run with every start of the interpreter', async () => {
    const traces = join(folder(), 'traces');
    const code = `import sys; open("${traces}", "a").write(repr(sys.orig_argv))`;
    const { python, uv } = aHost(folder()).installer;
    await promisify(execFile)(python, ['-c', wheelScript, folder(), 'lively_thing', '1.0', code]);
    for (const requirement of ['lively-thing', 'lively-thing', 'lively-thing>=1', 'tiny-thing', 'lively-thing']) {
      const installed = await install(declaring(requirement), ['*']);
      assert.ok(installed.kind === 'installed', JSON.stringify(installed));
      const installer = { uv, python, folder: join(folder(), 'environments-of-another-host') };
      const other = hostDependencies(folder(), { host: aHost(folder(), { installer }) });
      const input = { experiment: anExperiment(), lock: installed.lock, data: [] };
      await runIn(anActivityEnvironment(), () => equipHost(other, input));
    }
    assert.equal(existsSync(traces), false, existsSync(traces) ? await readFile(traces, 'utf8') : '');
  });

  it('are compiled once, when they are installed', async () => {
    await install(declaring('tiny-thing'), ['*']);
    const files = await readdir(aHost(folder()).installer.folder, { recursive: true });
    assert.equal(files.filter((file) => /\/lib\/.*\/__pycache__\/tiny_thing\..*\.pyc$/.test(file)).length, 1);
  });

  it('leave programs that find their interpreter', async () => {
    const script = `${declaring('tiny-thing')}import longrun, subprocess\nlongrun.finish(val_error=float(subprocess.check_output(["tiny"])))\n`;
    const installed = await install(script, ['*']);
    assert.ok(installed.kind === 'installed', JSON.stringify(installed));
    const dependencies = hostDependencies(folder(), { host: aHost(folder(), { sandbox: await theSandbox() }) });
    const request = await aRequest(dependencies, script, { lock: installed.lock });
    assert.deepEqual((await watch(dependencies, request).result).outcome, { kind: 'completed', metric: 7 });
  });

  it('are refused by name when the experiment does not allow them', async () => {
    const refused = await install(declaring('tiny-thing', 'einops'), ['einops']);
    assert.deepEqual(refused, {
      kind: 'packagesRefused',
      excerpt:
        'This experiment does not allow tiny-thing; only these can be installed: einops. Use what is installed on the host.',
    });
  });

  it('are refused by name when no index has them', async () => {
    const refused = await install(declaring('no-such-thing'), ['*']);
    assert.ok(refused.kind === 'packagesRefused');
    assert.match(refused.excerpt, /no-such-thing/);
  });

  it('are refused in words when the block cannot be read', async () => {
    const refused = await install(declaring('tiny-thing @ https://127.0.0.1/x.whl'), ['*']);
    assert.ok(refused.kind === 'packagesRefused');
    assert.match(refused.excerpt, /no URLs/);
  });

  it('are tried again while no index answers, and refused by name after three attempts', async () => {
    delete process.env['UV_NO_INDEX'];
    Object.assign(process.env, { UV_DEFAULT_INDEX: 'http://127.0.0.1:9/simple', UV_HTTP_RETRIES: '0' });
    assert.equal(
      (await failureOf(install(declaring('far-thing'), ['*'], { attempt: 2 }))).type,
      failureType.packagesUnavailable,
    );
    const refused = await install(declaring('far-thing'), ['*'], { attempt: 3 });
    assert.ok(refused.kind === 'packagesRefused');
    assert.match(refused.excerpt, /^far-thing cannot be installed here/);
  });

  /** The words of uv 0.13. */
  const words = {
    'Failed to extract archive\n  cause: failed to write to file `x`: No space left on device (os error 28)':
      failureType.diskFull,
    'Failed to initialize cache at `x`\n  cause: failed to write to file `x`: Disk quota exceeded (os error 122)':
      failureType.diskFull,
    'Failed to initialize cache at `x`\n  cause: failed to create directory `x`: Read-only file system (os error 30)':
      failureType.packagesUnavailable,
    'Failed to initialize cache at `x`\n  cause: failed to open file `x`: Permission denied (os error 13)':
      failureType.packagesUnavailable,
  };
  for (const [said, expected] of Object.entries(words)) {
    it(`are tried again on a host of which uv says: ${said.split(': ').at(-1)}`, async () => {
      const uv = join(folder(), 'uv');
      await writeFile(uv, `#!/bin/sh\ncat >&2 <<'END'\nerror: ${said}\nEND\nexit 2\n`, { mode: 0o755 });
      const installer = { ...aHost(folder()).installer, uv };
      const { type, nonRetryable, message } = await failureOf(
        install(declaring('tiny-thing'), ['*'], { attempt: 3, installer }),
      );
      assert.deepEqual({ type, nonRetryable }, { type: expected, nonRetryable: false });
      assert.match(message, /^Packages cannot be installed into .*os error/s);
      const locked = installLockedPackages(installer, 'tiny-thing==1.0');
      assert.equal((await failureOf(locked)).type, expected);
    });
  }

  it('are tried again on a host whose folder for them cannot be made, or that has no uv', async () => {
    const { installer } = aHost(folder());
    await writeFile(join(folder(), 'file'), '');
    for (const wrong of [{ folder: join(folder(), 'file', 'environments') }, { uv: join(folder(), 'absent') }]) {
      const failure = await failureOf(
        install(declaring('tiny-thing'), ['*'], { attempt: 3, installer: { ...installer, ...wrong } }),
      );
      assert.deepEqual([failure.type, failure.nonRetryable], [failureType.packagesUnavailable, false]);
    }
  });

  it('are not there yet on another host, which sends the training back, and gets them by the lock', async () => {
    const script = `${declaring('tiny-thing==1.0')}import longrun, tiny_thing\nlongrun.finish(val_error=tiny_thing.VALUE)\n`;
    const installed = await install(script, ['*']);
    assert.ok(installed.kind === 'installed', JSON.stringify(installed));
    const { uv, python } = aHost(folder()).installer;
    const installer = { uv, python, folder: join(folder(), 'environments-of-another-host') };
    const other = hostDependencies(folder(), { host: aHost(folder(), { name: 'other-host', installer }) });
    const request = await aRequest(other, script, { lock: installed.lock });
    assert.equal((await failureOf(watch(other, request).result)).type, failureType.notEquipped);
    const { experiment, lock } = request;
    await runIn(anActivityEnvironment(), () => equipHost(other, { experiment, lock, data: [] }));
    assert.deepEqual((await watch(other, request).result).outcome, { kind: 'completed', metric: 7 });
  });
});
