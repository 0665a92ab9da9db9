import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import colors from 'picocolors';
import { experimentIdOf } from '../../workflows/domain/experiment-id.ts';
import { searchAttribute } from '../../workflows/domain/search-attributes.ts';
import { commandContext, withClient } from '../command-context.ts';
import { minuteOf } from '../minute-of.ts';
import { printJson, printLine } from '../print.ts';
import { renderTable } from '../watch/render-table.ts';

interface ListedExperiment {
  id: string;
  /** As Temporal has it: running, completed, failed, cancelled, terminated, timed_out. */
  status: string;
  /** What it is at, or that it waits or is paused; null where the server has no such attribute. */
  stage: string | null;
  best: number | null;
  title: string | null;
  startedAt: string;
  closedAt: string | null;
}

const mostListed = 100;

/** The newest hundred; a longer history is for `temporal workflow list`. */
export async function list({ json = false }: { json?: boolean }): Promise<number> {
  return await withClient(commandContext(), async (client) => {
    const experiments: ListedExperiment[] = [];
    for await (const execution of client.workflow.list({ query: 'WorkflowType = "experiment"' })) {
      experiments.push(listed(execution));
      if (experiments.length === mostListed) break;
    }
    if (json) printJson({ experiments });
    else printLine(renderList(experiments));
    return 0;
  });
}

const stageKey = defineSearchAttributeKey(searchAttribute.stage.name, SearchAttributeType.KEYWORD);
const bestKey = defineSearchAttributeKey(searchAttribute.best.name, SearchAttributeType.DOUBLE);
const titleKey = defineSearchAttributeKey(searchAttribute.title.name, SearchAttributeType.KEYWORD);

function listed(execution: WorkflowExecutionInfo): ListedExperiment {
  const { workflowId, status, startTime, closeTime, memo, typedSearchAttributes: attributes } = execution;
  const title = memo?.['title'] ?? attributes.get(titleKey);
  return {
    id: experimentIdOf(workflowId),
    status: status.name.toLowerCase(),
    stage: attributes.get(stageKey) ?? null,
    best: attributes.get(bestKey) ?? null,
    title: typeof title === 'string' ? title : null,
    startedAt: startTime.toISOString(),
    closedAt: closeTime?.toISOString() ?? null,
  };
}

function renderList(experiments: readonly ListedExperiment[]): string {
  if (experiments.length === 0) return 'No experiment yet: start one with `npx longrun start IDEA.md`.';
  const rows = experiments.map((experiment) => [
    experiment.id,
    stateOf(experiment),
    experiment.best?.toPrecision(4) ?? '',
    minuteOf(experiment.startedAt),
    experiment.title ?? '',
  ]);
  const [header = '', ...lines] = renderTable([['id', 'state', 'best', 'started (UTC)', 'title'], ...rows]);
  return [colors.dim(header), ...lines].join('\n');
}

/** Of a running one its stage says more than that it runs. */
function stateOf({ status, stage }: ListedExperiment): string {
  return status === 'running' ? (stage ?? status) : status;
}
