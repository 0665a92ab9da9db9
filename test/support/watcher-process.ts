import { readFileSync } from 'node:fs';
import { attentiveServer, hostDependencies, watch } from './training.ts';

/*
 * A watcher in a process of its own, for tests that kill it: `watcher-process.ts FOLDER REQUEST [SUPERVISOR_PYTHON]`.
 * It sends every heartbeat to its parent, and its result at the end.
 */

const [folder = '', requestFile = '', supervisorPython] = process.argv.slice(2);
const dependencies = hostDependencies(folder, { openServerLine: () => attentiveServer });
if (supervisorPython !== undefined) dependencies.host.supervisorPython = supervisorPython;
const watcher = watch(dependencies, JSON.parse(readFileSync(requestFile, 'utf8')));
watcher.environment.on('heartbeat', (heartbeat) => process.send?.({ heartbeat }));
process.send?.({ execution: await watcher.result });
process.disconnect?.();
