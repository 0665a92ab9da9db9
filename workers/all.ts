import { join } from 'node:path';
import { readConfiguration } from './configuration.ts';
import { runAllWorkers } from './run-all-workers.ts';

/** Every worker on one machine, for a Temporal server that runs elsewhere. `longrun up` does the same and more. */
const { stateFolder } = readConfiguration(process.env);
const workers = runAllWorkers({
  environment: process.env,
  logFolder: join(stateFolder, 'logs'),
  onRestart: (kind, reason) => console.error(`The ${kind} worker ended (${reason}) and is started again.`),
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void workers.stop().then(() => process.exit(0)));
}
await workers.ready;
console.log(`Workers are polling; their logs are in ${join(stateFolder, 'logs')}.`);
