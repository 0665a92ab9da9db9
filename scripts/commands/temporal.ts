import { spawn } from 'node:child_process';
import { commandContext } from '../command-context.ts';
import { findTemporalCli } from '../development-server/temporal-cli.ts';
import { temporalEnvironment } from '../temporal-location.ts';

/** The Temporal CLI with our server's address; its exit status is ours. */
export async function temporal(given: string[]): Promise<number> {
  const context = commandContext();
  const child = spawn(findTemporalCli(process.env), given, {
    stdio: 'inherit',
    env: { ...process.env, ...temporalEnvironment(context.temporal) },
  });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
