import type { CommandContext } from '../command-context.ts';
import { printJson, printLine } from '../print.ts';
import { workflowLink } from '../temporal-location.ts';

/** Says that an experiment was started, and where it is to be seen. */
export function announceStart({ temporal }: CommandContext, id: string, isJson: boolean): void {
  const link = workflowLink(temporal, id);
  if (isJson) printJson({ id, link });
  else printLine([`Started ${id}`, link, `Follow it with: npx longrun watch ${id}`].filter(Boolean).join('\n'));
}
