import { outputHole } from '../../activities/adapters/output-hole.ts';
import { openUntrusted } from '../../activities/adapters/untrusted-file.ts';
import type { ExecutionLog } from '../../activities/execution-logs/execution-log.ts';
import { printJson } from '../print.ts';
import { logText } from './log-text.ts';
import { onOtherHost, unreadable } from './log-problems.ts';
import { writeOut } from './write-out.ts';

/** Each log from its first byte to its last, several with a head each. Returns what could not be shown, in words. */
export async function printRaw(id: string, executions: readonly ExecutionLog[], isJson: boolean): Promise<string[]> {
  const problems: string[] = [];
  for (const [index, execution] of executions.entries()) {
    const { trial, name, file } = execution;
    if (file === null) problems.push(onOtherHost(id, execution, '--raw'));
    else if (isJson) printJson({ trial, execution: name, path: file });
    else {
      if (executions.length > 1) await writeOut(`${index === 0 ? '' : '\n'}==> ${name} <==\n`);
      if (!(await copyOut(execution, file))) problems.push(unreadable(execution));
    }
  }
  return problems;
}

/** False where there is nothing that can be read. */
async function copyOut({ place }: ExecutionLog, file: string): Promise<boolean> {
  const log = await openUntrusted(file);
  if (log === null) return false;
  try {
    const hole = file === place.output ? await outputHole(place.control) : null;
    for await (const bytes of logText(log, hole)) await writeOut(bytes);
    return true;
  } finally {
    await log.close();
  }
}
