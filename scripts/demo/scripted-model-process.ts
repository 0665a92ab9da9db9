import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';

export interface ScriptedModel {
  baseUrl: string;
  stop(): Promise<void>;
}

const readySchema = z.object({ event: z.literal('ready'), baseUrl: z.string() });

/** The demo's language model in a process of its own, on a free port. It ends with `stop()`. */
export async function startScriptedModel(): Promise<ScriptedModel> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const entry = fileURLToPath(new URL('./scripted-model.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', tsx, entry, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const firstLine = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const ended = exited.then(() => {
    throw new Error('The scripted model ended before it was ready.');
  });
  const [line] = await Promise.race([firstLine, ended]);
  ended.catch(() => undefined); // Once it is ready, its end is the caller's doing.
  return {
    baseUrl: readySchema.parse(JSON.parse(line)).baseUrl,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await exited;
    },
  };
}
