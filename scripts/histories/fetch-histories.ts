import { isGrpcServiceError, type Client } from '@temporalio/client';
import type { FoundExperiment } from '../watch/find-experiment.ts';
import type { WorkflowHistory } from './workflow-history.ts';

/** One run of a workflow. */
export interface WorkflowRun {
  workflowId: string;
  runId: string;
}

export type FetchedHistory = ({ kind: 'fetched' } & WorkflowHistory) | ({ kind: 'gone' } & WorkflowRun);

/**
 * The histories of an experiment's runs, the oldest first, then of its trials. What the server has forgotten by now is
 * gone; of an experiment's own runs it forgets the oldest first.
 */
export async function* fetchExperiment(
  client: Client,
  { description }: Pick<FoundExperiment, 'description'>,
): AsyncGenerator<FetchedHistory> {
  const { workflowId, runId } = description;
  const runs: FetchedHistory[] = [];
  for (let next: string | null = runId; next !== null;) {
    const run = await fetchHistory(client, { workflowId, runId: next });
    runs.unshift(run);
    next = run.kind === 'fetched' ? runBefore(run) : null;
  }
  yield* runs;
  for (const run of runs) {
    if (run.kind === 'gone') continue;
    for (const trial of trialsIn(run)) yield await fetchHistory(client, trial);
  }
}

/** The histories of all experiments and trials that run now, in their order by id. */
export async function* fetchRunning(client: Client): AsyncGenerator<FetchedHistory> {
  const query = 'ExecutionStatus = "Running" AND (WorkflowType = "experiment" OR WorkflowType = "trial")';
  const runs: WorkflowRun[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query })) runs.push({ workflowId, runId });
  runs.sort((a, b) => a.workflowId.localeCompare(b.workflowId, 'en'));
  for (const run of runs) yield await fetchHistory(client, run);
}

const notFound = 5;

async function fetchHistory(client: Client, { workflowId, runId }: WorkflowRun): Promise<FetchedHistory> {
  try {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    return { kind: 'fetched', workflowId, runId, history };
  } catch (error) {
    if (isGrpcServiceError(error) && (error.code as number) === notFound) return { kind: 'gone', workflowId, runId };
    throw error;
  }
}

/** Null for a first run. */
function runBefore({ history }: WorkflowHistory): string | null {
  const runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  return runId === undefined || runId === null || runId === '' ? null : runId;
}

function trialsIn({ history }: WorkflowHistory): WorkflowRun[] {
  return (history.events ?? []).flatMap((event) => {
    const { workflowId, runId } = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution ?? {};
    return workflowId && runId ? [{ workflowId, runId }] : [];
  });
}
