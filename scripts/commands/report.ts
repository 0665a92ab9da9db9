import { openReport } from '../report-files.ts';
import { printJson } from '../print.ts';
import { UserError } from '../user-error.ts';

/** Prints REPORT.md, from files alone; whether it is only the one so far is said on standard error. */
export async function report(id: string, { json = false }: { json?: boolean }): Promise<number> {
  const { path, isFinal, markdown } = await openReport(id);
  if (markdown === null) throw new UserError(`${id} has no report yet: the first one comes with its first trial.`);
  if (json) {
    printJson({ id, path, isFinal, markdown });
    return 0;
  }
  process.stdout.write(markdown);
  if (!isFinal) process.stderr.write(`This is the report so far: ${id} has not ended with one.\n`);
  return 0;
}
