import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile, chmod, mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { startDevelopmentServer, type DevelopmentServer } from '../../scripts/development-server/development-server.ts';
import { externalTemporal } from '../../scripts/development-server/external-temporal.ts';
import { findTemporalCli } from '../../scripts/development-server/temporal-cli.ts';
import { managedPython } from '../../workers/managed-python/managed-python.ts';
import { searchAttribute } from '../../workflows/domain/search-attributes.ts';

describe('startDevelopmentServer', () => {
  const folder = useTemporaryFolder();
  const started: DevelopmentServer[] = [];

  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop();
  });

  async function start(ports: { port: number; uiPort: number } = { port: 0, uiPort: 0 }): Promise<DevelopmentServer> {
    const server = await startDevelopmentServer({ stateFolder: folder(), ...ports });
    started.push(server);
    return server;
  }

  it('gives simultaneous starts on one state folder the same server, started once', async () => {
    const servers = await Promise.all([start(), start(), start()]);
    assert.equal(servers.filter(({ wasStarted }) => wasStarted).length, 1);
    assert.equal(new Set(servers.map(({ pid, address }) => `${pid} ${address}`)).size, 1);
  });

  it('gives a new database the search attributes', async () => {
    const { address } = await start();
    const connection = await Connection.connect({ address });
    try {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
      for (const { name } of Object.values(searchAttribute)) assert.ok(name in customAttributes, name);
    } finally {
      await connection.close();
    }
  });

  it('leaves a server alone that it did not start', async () => {
    const server = await start();
    const joined = await start();
    await joined.stop();
    assert.equal(joined.pid, server.pid);
    assert.equal(await readRetentionDays(server.address), 90);
  });

  it('puts the server in a process group of its own, where Ctrl-C does not reach it', async () => {
    const { pid } = await start();
    assert.equal(process.kill(-pid, 0), true);
  });

  it('serves the Web UI where it says', async () => {
    const { ui } = await start();
    const answer = await fetch(`${ui}/api/v1/settings`);
    assert.equal(typeof ((await answer.json()) as { Version: unknown }).Version, 'string');
  });

  it('names the port that another program has taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      await assert.rejects(
        start({ port, uiPort: 0 }),
        new RegExp(`Port ${port} of 127.0.0.1 is taken by another program`),
      );
      await assert.rejects(start({ port: 0, uiPort: port }), new RegExp(`Port ${port} of 127.0.0.1 is taken`));
    } finally {
      other.close();
    }
  });

  it('joins the running server of the state folder although its port is taken, by that server', async () => {
    const server = await start();
    const port = Number(server.address.split(':')[1]);
    assert.equal((await start({ port, uiPort: 0 })).pid, server.pid);
  });

  it('starts anew on the same database after the server was killed', async () => {
    const killed = await start();
    await setRetentionDays(killed.address, 30);
    process.kill(killed.pid, 'SIGKILL');
    await untilGone(killed.pid);
    const next = await start();
    assert.equal(next.wasStarted, true);
    assert.notEqual(next.pid, killed.pid);
    assert.equal(await readRetentionDays(next.address), 30);
  });

  it('starts a new server when the old one is being stopped', async () => {
    const old = await start();
    const [next] = await Promise.all([sleep(50).then(() => start()), old.stop()]);
    assert.equal(next.wasStarted, true);
    assert.equal(await readRetentionDays(next.address), 90);
  });

  it('picks other free ports when somebody else was quicker', async () => {
    const [cli, refused] = [path.join(folder(), 'temporal'), path.join(folder(), 'refused')];
    await writeFile(
      cli,
      `#!/bin/sh
[ -e '${refused}' ] && exec '${managedPython().temporal}' "$@"
touch '${refused}'; echo 'bind: address already in use'; exit 1
`,
      { mode: 0o755 },
    );
    process.env['TEMPORAL_CLI_PATH'] = cli;
    try {
      assert.equal((await start()).wasStarted, true);
    } finally {
      delete process.env['TEMPORAL_CLI_PATH'];
    }
  });

  it('says what the server wrote when it ends while starting', async () => {
    await mkdir(path.join(folder(), 'temporal.db'));
    await assert.rejects(start(), /The Temporal server ended while starting:\n.*database/s);
  });
});

describe('findTemporalCli', () => {
  const folder = useTemporaryFolder();

  async function installFakeCli(answer: string): Promise<string> {
    const cli = path.join(folder(), 'temporal');
    await writeFile(cli, `#!/bin/sh\necho '${answer}'\n`);
    await chmod(cli, 0o755);
    return cli;
  }

  it('takes the configured one', async () => {
    const cli = await installFakeCli('anything');
    assert.equal(findTemporalCli({ TEMPORAL_CLI_PATH: cli }), cli);
  });

  it('refuses a configured one that does not exist', () => {
    assert.throws(() => findTemporalCli({ TEMPORAL_CLI_PATH: path.join(folder(), 'none') }), /which does not exist/);
  });

  for (const version of ['1.5.1', '1.6.0', '2.0.0']) {
    it(`takes version ${version} from the PATH`, async () => {
      const cli = await installFakeCli(`temporal version ${version} (Server 1.29.1, UI 2.42.1)`);
      assert.equal(findTemporalCli({ PATH: folder() }), cli);
    });
  }

  for (const answer of ['temporal version 1.5.0 (Server 1.29.0)', 'temporal version 0.0.0-DEV', 'something else', '']) {
    it(`prefers the managed one to one on the PATH that says "${answer}"`, async () => {
      await installFakeCli(answer);
      assert.equal(findTemporalCli({ PATH: folder() }), managedPython().temporal);
    });
  }
});

describe('externalTemporal', () => {
  const folder = useTemporaryFolder();

  it('is true when an address is configured', () => {
    assert.equal(externalTemporal({ TEMPORAL_ADDRESS: 'temporal.example:7233' }), true);
  });

  it('is true when the configured config file exists', async () => {
    const file = path.join(folder(), 'my.toml');
    await writeFile(file, '');
    assert.equal(externalTemporal({ TEMPORAL_CONFIG_FILE: file }), true);
  });

  it('is true when the config file is where the Temporal tools look for it', async () => {
    const below = process.platform === 'darwin' ? ['Library', 'Application Support'] : ['.config'];
    const place = path.join(folder(), ...below, 'temporalio');
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, 'temporal.toml'), '');
    assert.equal(externalTemporal({ HOME: folder() }), true);
  });

  it('is false when there is neither', () => {
    assert.equal(externalTemporal({ HOME: folder(), TEMPORAL_CONFIG_FILE: path.join(folder(), 'none.toml') }), false);
    assert.equal(externalTemporal({ HOME: folder() }), false);
  });
});

/** A new folder for each test of the surrounding block. */
function useTemporaryFolder(): () => string {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'longrun-server-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}

async function readRetentionDays(address: string): Promise<number> {
  const connection = await Connection.connect({ address });
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
    return config!.workflowExecutionRetentionTtl!.seconds!.toNumber() / (24 * 60 * 60);
  } finally {
    await connection.close();
  }
}

async function setRetentionDays(address: string, days: number): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const config = { workflowExecutionRetentionTtl: msToTs(`${days} days`) };
    await connection.workflowService.updateNamespace({ namespace: 'default', config });
  } finally {
    await connection.close();
  }
}

async function untilGone(processId: number): Promise<void> {
  for (;;) {
    try {
      process.kill(processId, 0);
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
      return;
    }
    await sleep(20);
  }
}
