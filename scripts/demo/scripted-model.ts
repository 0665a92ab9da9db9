import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startServer } from './scripted-model/server.ts';

/*
 * The demo's language model as a process of its own:
 *
 *   node --import tsx scripts/demo/scripted-model.ts --port 0
 *
 * It prints one JSON line when it is ready, and ends on SIGTERM or SIGINT.
 */

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port must be a whole number from 0 to 65535, not "${values.port}".`);
  process.exit(2);
}

const stopRequest = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
const server = await startServer(port);
console.log(JSON.stringify({ event: 'ready', baseUrl: server.baseUrl }));
await stopRequest;
await server.close();
