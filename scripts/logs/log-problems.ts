import type { ExecutionLog } from '../../activities/execution-logs/execution-log.ts';

/** A log that this machine cannot see: where to ask for it. */
export function onOtherHost(id: string, { name, trial, otherHost, digest }: ExecutionLog, flags: string): string {
  const command = `\`${['longrun logs', id, trial, flags].filter((part) => part !== '').join(' ')}\``;
  const place = otherHost ?? 'the host that it ran on';
  const instead = digest === null ? '' : `, or read its digest here with \`longrun logs ${id} ${trial}\``;
  return `The log of ${name} is on ${place} alone: run ${command} there${instead}.`;
}

export function noDigestYet({ name, otherHost }: ExecutionLog): string {
  return `${name} runs on ${otherHost ?? 'another host'}, which has published no digest yet: the first one takes a minute.`;
}

/** It was there a moment ago. */
export function unreadable({ name, file }: ExecutionLog): string {
  return `The log of ${name} cannot be read: ${file} is gone, is no plain file, or belongs to another user.`;
}
