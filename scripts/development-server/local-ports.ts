import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/**
 * The given ports of 127.0.0.1, with a free one for each 0. A free one can be taken by somebody else before it is used;
 * the kernel hands out its ports in random order, so this is rare.
 */
export async function fillInFreePorts(ports: number[]): Promise<number[]> {
  const servers = await Promise.all(ports.filter((port) => port === 0).map(() => listen(0)));
  const freePorts = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(close));
  return ports.map((port) => port || freePorts.pop()!);
}

/** The first of the ports on which something listens on 127.0.0.1. Throws where we may not listen at all (EACCES). */
export async function findTakenPort(ports: number[]): Promise<number | undefined> {
  for (const port of ports) {
    if (await isTaken(port)) return port;
  }
  return undefined;
}

async function isTaken(port: number): Promise<boolean> {
  try {
    await close(await listen(port));
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return true;
    throw error;
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
