import { readFileSync } from 'node:fs';

/**
 * Seconds since this machine was started, the time asleep included: a clock that nobody can set, and that the
 * supervisor reads as well. Elsewhere than on Linux the time asleep is not counted.
 */
export function uptimeSeconds(): number {
  if (process.platform !== 'linux') return Number(process.hrtime.bigint()) / 1e9;
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
}
