import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Whether the user has a Temporal of their own: TEMPORAL_ADDRESS is set, or the config file of the Temporal tools exists.
 * Then Longrun starts no server. The place of the config file follows @temporalio/envconfig.
 */
export function externalTemporal(environment: NodeJS.ProcessEnv): boolean {
  if (environment['TEMPORAL_ADDRESS']) return true;
  const configFile = environment['TEMPORAL_CONFIG_FILE'] || defaultConfigFile(environment);
  return configFile !== undefined && existsSync(configFile);
}

function defaultConfigFile(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = userConfigFolder(environment);
  return folder && path.join(folder, 'temporalio', 'temporal.toml');
}

function userConfigFolder(environment: NodeJS.ProcessEnv): string | undefined {
  const home = environment['HOME'];
  if (process.platform === 'darwin') return home && path.join(home, 'Library', 'Application Support');
  const configured = environment['XDG_CONFIG_HOME'];
  if (configured) return path.isAbsolute(configured) ? configured : undefined;
  return home && path.join(home, '.config');
}
