import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  address: string;
  /** Lets everything through again; connections that were cut stay cut. */
  heal(): void;
  /** Cuts every connection and refuses new ones. */
  refuse(): void;
  /** Keeps every connection open, and lets nothing through in either direction, as a network that drops packets does. */
  blackHole(): void;
  close(): Promise<void>;
}

type Mode = 'open' | 'refusing' | 'blackHole';

/** Stands between a worker and its server, so that a test can part them. */
export async function openTcpProxy(target: string): Promise<TcpProxy> {
  const [host = '127.0.0.1', port] = target.split(':');
  let mode: Mode = 'open';
  const pairs = new Set<[Socket, Socket]>();
  const server = createServer((client) => {
    if (mode === 'refusing') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(Number(port), host);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on('data', (chunk) => void (mode === 'blackHole' ? undefined : to.write(chunk)));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        pairs.delete(pair);
        if (mode !== 'blackHole') to.destroy();
      });
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const cut = (): void => pairs.forEach((pair) => pair.forEach((socket) => socket.resetAndDestroy()));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    heal() {
      // What was swallowed is missing from the middle of these streams: nothing sensible can follow on them.
      if (mode === 'blackHole') cut();
      mode = 'open';
    },
    refuse() {
      mode = 'refusing';
      cut();
    },
    blackHole: () => void (mode = 'blackHole'),
    async close() {
      cut();
      server.close();
    },
  };
}
