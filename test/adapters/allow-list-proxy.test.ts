import assert from 'node:assert/strict';
import { once } from 'node:events';
import { lstat, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openAllowListProxy, type AllowListProxy } from '../../activities/adapters/allow-list-proxy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the proxy with an allow-list', () => {
  const folder = temporaryFolder();
  let server: Server;
  let proxy: AllowListProxy | undefined;
  const socketPath = () => join(folder(), 'proxy');
  const port = () => (server.address() as AddressInfo).port;

  before(async () => {
    server = createServer((_, response) => response.end('the data'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(() => server.close());
  afterEach(async () => await proxy?.close());

  async function get(url: string): Promise<{ status: number | undefined; body: string }> {
    const asked = request({ socketPath: socketPath(), path: url, agent: false }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, body: await text(answer) };
  }

  async function openTunnel(target: string): Promise<number | undefined> {
    const asked = request({ socketPath: socketPath(), method: 'CONNECT', path: target, agent: false }).end();
    const [answer, socket] = (await once(asked, 'connect')) as [IncomingMessage, { destroy(): void }];
    socket.destroy();
    return answer.statusCode;
  }

  it('passes on what is asked of a named host', async () => {
    proxy = await openAllowListProxy(socketPath(), [`127.0.0.1:${port()}`]);
    assert.deepEqual(await get(`http://127.0.0.1:${port()}/x`), { status: 200, body: 'the data' });
  });

  it('opens a tunnel to a named host', async () => {
    proxy = await openAllowListProxy(socketPath(), [`127.0.0.1:${port()}`]);
    assert.equal(await openTunnel(`127.0.0.1:${port()}`), 200);
  });

  for (const [what, allowed] of Object.entries({
    'another host': ['example.org'],
    'the host at the usual ports only': ['127.0.0.1'],
    'a name that ends alike': ['0.0.1'],
    nothing: [],
  })) {
    it(`refuses a host when the list has ${what}, and remembers it`, async () => {
      proxy = await openAllowListProxy(socketPath(), allowed);
      const target = `127.0.0.1:${port()}`;
      assert.equal((await get(`http://${target}/x`)).status, 403);
      assert.equal(await openTunnel(target), 403);
      assert.deepEqual([...proxy.refused], [target]);
    });
  }

  it('takes a star for the subdomains of a name, and not for the name itself', async () => {
    proxy = await openAllowListProxy(socketPath(), [`*.0.0.1:${port()}`]);
    assert.equal(await openTunnel(`127.0.0.1:${port()}`), 200);
    await proxy.close();
    proxy = await openAllowListProxy(socketPath(), ['*.longrun.invalid']);
    assert.equal(await openTunnel('longrun.invalid:443'), 403);
    assert.equal(await openTunnel('evil-longrun.invalid:443'), 403);
  });

  it('stays reachable when an earlier one at the same path closes', async () => {
    const earlier = await openAllowListProxy(socketPath(), []);
    proxy = await openAllowListProxy(socketPath(), [`127.0.0.1:${port()}`]);
    await earlier.close();
    assert.equal((await get(`http://127.0.0.1:${port()}/x`)).status, 200);
  });

  it('takes the place of a link and leaves alone what it points to', async () => {
    const other = join(folder(), 'other');
    await writeFile(other, 'mine', { mode: 0o600 });
    await symlink(other, socketPath());
    proxy = await openAllowListProxy(socketPath(), []);
    assert.deepEqual([await readFile(other, 'utf8'), (await stat(other)).mode & 0o777], ['mine', 0o600]);
    assert.equal((await lstat(socketPath())).isSocket(), true);
  });

  for (const path of ['ftp://127.0.0.1/x', '/x', 'http://', '*']) {
    it(`refuses ${path}`, async () => {
      proxy = await openAllowListProxy(socketPath(), ['127.0.0.1']);
      assert.equal((await get(path)).status, 403);
    });
  }
});
