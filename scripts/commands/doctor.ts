import colors from 'picocolors';
import { commandContext } from '../command-context.ts';
import { checks, type CheckResult } from '../doctor/checks.ts';
import { printJson, printLine } from '../print.ts';

const marks = { ok: colors.green('✓'), warning: colors.yellow('!'), missing: colors.red('✗') };

/** Status 1 when something is missing without which no experiment runs; a warning is no failure. */
export async function doctor({ json = false }: { json?: boolean }): Promise<number> {
  const context = commandContext();
  const results = await Promise.all(checks.map((check) => check(context)));
  if (json) printJson(results);
  else results.forEach((result) => printLine(render(result)));
  return results.some(({ state }) => state === 'missing') ? 1 : 0;
}

function render({ name, state, found, mend }: CheckResult): string {
  const advice = mend === null ? '' : `\n    ${mend}`;
  return `${marks[state]} ${name.padEnd(15)} ${found}${advice}`;
}
