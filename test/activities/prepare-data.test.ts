import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Sandbox } from '../../activities/adapters/sandbox.ts';
import { request } from '../../activities/adapters/supervised-process.ts';
import { dataFolder, fetchPlace } from '../../activities/data-place.ts';
import { prepareData } from '../../activities/prepare-data.ts';
import type { DataSource, PreparedData } from '../../workflows/domain/placement.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { anExperiment, someResources } from '../support/builders.ts';
import { failureOf } from '../support/failures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aHost, aRequest, endTrainings, hostDependencies, placeOf, theSandbox, watch } from '../support/training.ts';

/** Fails at first and leaves these things in the place of its own files; the second time it fetches. */
const spoiling = (spoil: string) => `
import os
if not os.path.exists("again"):
    open("again", "w").close()
    for name in ("fetch.py", ".relay.py", ".proxy"):
        if os.path.lexists(name):
            os.unlink(name)
        ${spoil}
    raise SystemExit(1)
open("digits.csv", "w").write("0,1")
`;

describe('the preparation of data', () => {
  const folder = temporaryFolder(endTrainings);
  let sandbox: Sandbox;
  let server: Server;
  let served = 0;

  before(async () => {
    sandbox = await theSandbox();
    assert.equal(sandbox.kind, 'bubblewrap', 'these tests need a sandbox: see `npx longrun doctor`');
    server = createServer((_, response) => {
      served += 1;
      response.end('0,1\n');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(() => server.close());
  beforeEach(() => void (served = 0));

  const dependencies = () => hostDependencies(folder(), { host: aHost(folder(), { sandbox }) });
  const address = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fetching = () =>
    `import urllib.request\nopen("digits.csv", "wb").write(urllib.request.urlopen("http://${address()}/digits.csv").read())\n`;

  async function aFetchedSet(script: string, hosts: string[]): Promise<DataSource> {
    const reference = await dependencies().artifacts.folder('digits').write('data/digits.py', script);
    return { name: 'digits', script: reference, hosts };
  }

  async function prepare(source: DataSource, attempt = 1): Promise<PreparedData[]> {
    const environment = anActivityEnvironment({ attempt });
    return await runIn(environment, () => prepareData(dependencies(), { experiment: anExperiment(), data: [source] }));
  }

  it('takes the fingerprint of what lies on the host', async () => {
    await mkdir(join(folder(), 'set'));
    await writeFile(join(folder(), 'set', 'a'), 'one');
    const [prepared] = await prepare({ name: 'digits', path: join(folder(), 'set') });
    assert.deepEqual({ ...prepared?.fingerprint, sha256: '' }, { sha256: '', of: 'content', files: 1, bytes: 3 });
  });

  it('refuses a path at which nothing is, and names it', async () => {
    const { type, nonRetryable, message } = await failureOf(prepare({ name: 'digits', path: '/absent/set' }));
    assert.deepEqual({ type, nonRetryable }, { type: failureType.invalidInput, nonRetryable: true });
    assert.match(message, /\/absent\/set/);
  });

  it('fetches what a script fetches from a host that it may reach', async () => {
    const source = await aFetchedSet(fetching(), [address()]);
    const [prepared] = await prepare(source);
    const place = dataFolder(aHost(folder()), source);
    assert.equal(await readFile(join(place, 'digits.csv'), 'utf8'), '0,1\n');
    assert.deepEqual([prepared?.fingerprint.files, prepared?.fingerprint.bytes], [1, 4]);
  });

  it('fetches once, however often it is prepared', async () => {
    const source = await aFetchedSet(fetching(), [address()]);
    await prepare(source);
    await prepare(source);
    assert.equal(served, 1);
  });

  it('lets a script reach nothing else, and says what it asked for', async () => {
    const source = await aFetchedSet(fetching(), ['example.org']);
    const { type, nonRetryable, message } = await failureOf(prepare(source));
    assert.deepEqual({ type, nonRetryable }, { type: failureType.dataUnavailable, nonRetryable: false });
    assert.match(message, new RegExp(`asked for ${address()}; its hosts are example\\.org`));
    assert.match(message, /403/);
    assert.equal(served, 0);
  });

  it('lets a script reach nothing past the proxy', async () => {
    const [host, port] = address().split(':');
    const script = `import socket\nsocket.create_connection(("${host}", ${port}), 5)\n`;
    assert.match((await failureOf(prepare(await aFetchedSet(script, [address()])))).message, /refused|unreachable/i);
  });

  it('gives a script that fails up after three attempts, with the end of its output', async () => {
    const source = await aFetchedSet('raise SystemExit("no such mirror")\n', []);
    assert.equal((await failureOf(prepare(source, 2))).nonRetryable, false);
    const { nonRetryable, message } = await failureOf(prepare(source, 3));
    assert.equal(nonRetryable, true);
    assert.match(message, /exit status 1.*\nno such mirror/s);
  });

  for (const [what, spoil] of Object.entries({
    links: (target: string) => `os.symlink("${target}", name)`,
    'folders with links': (target: string) => `os.mkdir(name); os.symlink("${target}", name + "/link")`,
  })) {
    it(`leaves the host's files alone when a script has put ${what} in the place of its own`, async () => {
      const target = join(folder(), 'target');
      await writeFile(target, 'mine', { mode: 0o600 });
      const source = await aFetchedSet(spoiling(spoil(target)), []);
      await failureOf(prepare(source));
      await prepare(source, 2);
      assert.equal(await readFile(join(dataFolder(aHost(folder()), source), 'digits.csv'), 'utf8'), '0,1');
      assert.deepEqual([await readFile(target, 'utf8'), (await stat(target)).mode & 0o777], ['mine', 0o600]);
    });
  }

  it('gives a script its way to the network where it cannot change it', async () => {
    const script = `
import os
found = sorted(os.listdir("/data/fetch"))
for name in found.copy():
    try:
        os.unlink("/data/fetch/" + name)
    except OSError as error:
        found.append(os.strerror(error.errno))
own = os.listdir(".")
open("found", "w").write(repr([own, found]))
`;
    const source = await aFetchedSet(script, []);
    await prepare(source);
    const found = await readFile(join(dataFolder(aHost(folder()), source), 'found'), 'utf8');
    assert.equal(found, `[['fetch.py'], ['proxy', 'relay.py', 'Read-only file system', 'Read-only file system']]`);
  });

  it('reaches the named hosts through the proxy where scripts run without a sandbox', async () => {
    const source = await aFetchedSet(fetching(), [address()]);
    const unprotected = hostDependencies(folder());
    const input = { experiment: anExperiment(), data: [source] };
    await runIn(anActivityEnvironment(), () => prepareData(unprotected, input));
    assert.equal(await readFile(join(dataFolder(aHost(folder()), source), 'digits.csv'), 'utf8'), '0,1\n');
  });

  it('lets a training read what was fetched for the eyes of its owner alone', async () => {
    const source = await aFetchedSet(
      `import os
os.umask(0o077)
os.mkdir("deep")
open("deep/digits.csv", "w").write("0,1")
os.symlink("/etc/passwd", "link")
os.chmod(".", 0o700)
`,
      [],
    );
    const resources = someResources({ data: await prepare(source) });
    const script = `import longrun\nlongrun.finish(val_error=float(open("/data/digits/deep/digits.csv").read()[2:]))\n`;
    const request = await aRequest(dependencies(), script, { resources });
    assert.deepEqual((await watch(dependencies(), request).result).outcome, { kind: 'completed', metric: 1 });
    const place = dataFolder(aHost(folder()), source);
    assert.deepEqual(
      await Promise.all(
        ['.', 'deep', 'deep/digits.csv'].map(async (name) => (await stat(join(place, name))).mode & 0o7777),
      ),
      [0o755, 0o755, 0o644],
    );
  });

  it('says whose a fetch is, and goes on with one that was stopped for another experiment', async () => {
    const script = `
import os, time
if not os.path.exists("begun"):
    open("begun", "w").close()
    time.sleep(600)
open("digits.csv", "w").write("0,1")
`;
    const source = await aFetchedSet(script, []);
    assert.ok('script' in source);
    const { control, work } = fetchPlace(aHost(folder()), source);
    const prepared = prepare(source);
    while (!existsSync(join(work, 'begun')) || !existsSync(join(control, 'state.json'))) await delay(20);
    const { workflowExecution, namespace } = anActivityEnvironment().context.info;
    const owner = { workflowId: workflowExecution?.workflowId, namespace };
    assert.deepEqual(JSON.parse(await readFile(join(control, 'owner.json'), 'utf8')), owner);
    await writeFile(join(control, 'owner.json'), '{}');
    await request(control, 'stop');
    await prepared;
    assert.equal(await readFile(join(dataFolder(aHost(folder()), source), 'digits.csv'), 'utf8'), '0,1');
    assert.deepEqual(JSON.parse(await readFile(join(control, 'owner.json'), 'utf8')), owner);
    assert.equal(existsSync(join(control, 'stop')), false);
  });

  it('gives a training its data sets to read, not to write', async () => {
    const script = `
import longrun
text = open("/data/digits/digits.csv").read()
try:
    open("/data/digits/new", "w")
    longrun.finish(val_error=9)
except OSError:
    longrun.finish(val_error=float(text.split(",")[1]))
`;
    const source = await aFetchedSet(fetching(), [address()]);
    const resources = someResources({ data: await prepare(source) });
    const request = await aRequest(dependencies(), script, { resources });
    assert.deepEqual((await watch(dependencies(), request).result).outcome, { kind: 'completed', metric: 1 });
  });

  it('sends a training back from a host that does not have its fetched data yet', async () => {
    const source = await aFetchedSet(fetching(), [address()]);
    const fingerprint = { sha256: '', of: 'content', files: 1, bytes: 4 } as const;
    const resources = someResources({ data: [{ source, fingerprint }] });
    const request = await aRequest(dependencies(), 'print()\n', { resources });
    const { type, details } = await failureOf(watch(dependencies(), request).result);
    assert.deepEqual({ type, details }, { type: failureType.notEquipped, details: [{ host: 'some-host' }] });
    await assert.rejects(stat(join(placeOf(dependencies(), request).work, 'longrun.py')), { code: 'ENOENT' });
  });
});
