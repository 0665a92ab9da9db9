import { commandContext, withClient } from '../command-context.ts';
import { printJson, printLine } from '../print.ts';

interface ListedExperiment {
  id: string;
  status: string;
  startedAt: string;
  closedAt: string | null;
  title: string | null;
}

const mostListed = 100;

/** The newest hundred; a longer history is for `temporal workflow list`. */
export async function list({ json = false }: { json?: boolean }): Promise<number> {
  return await withClient(commandContext(), async (client) => {
    const experiments: ListedExperiment[] = [];
    for await (const execution of client.workflow.list({ query: 'WorkflowType = "experiment"' })) {
      const title = execution.memo?.['title'];
      experiments.push({
        id: execution.workflowId,
        status: execution.status.name.toLowerCase(),
        startedAt: execution.startTime.toISOString(),
        closedAt: execution.closeTime?.toISOString() ?? null,
        title: typeof title === 'string' ? title : null,
      });
      if (experiments.length === mostListed) break;
    }
    if (json) printJson(experiments);
    else printLine(renderList(experiments));
    return 0;
  });
}

function renderList(experiments: readonly ListedExperiment[]): string {
  if (experiments.length === 0) return 'No experiment yet: start one with `npx longrun start IDEA.md`.';
  const width = Math.max(...experiments.map(({ id }) => id.length));
  return experiments
    .map(
      ({ id, status, startedAt, title }) =>
        `${id.padEnd(width)}  ${status.padEnd(10)}  ${startedAt.slice(0, 16).replace('T', ' ')}  ${title ?? ''}`,
    )
    .join('\n');
}
