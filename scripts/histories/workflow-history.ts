import type { WorkflowHandle } from '@temporalio/client';

type ServerHistory = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** What happened in one run of a workflow, as the server has it. */
export interface WorkflowHistory {
  workflowId: string;
  runId: string;
  history: ServerHistory;
}
