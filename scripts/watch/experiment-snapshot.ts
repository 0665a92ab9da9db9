import { CancelledFailure, defaultPayloadConverter } from '@temporalio/common';
import {
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Progress } from '../../workflows/domain/progress.ts';
import { trialWorkflowId } from '../../workflows/domain/trial.ts';
import type { ExperimentResult } from '../../workflows/experiment.ts';
import { askForProgress } from './ask-experiment.ts';
import { findExperiment, type FoundExperiment } from './find-experiment.ts';

/** An activity that is under way or waits for its next attempt. */
export interface PendingActivity {
  type: string;
  attempt: number;
  /** The newest heartbeat's details, as the worker sent them. */
  heartbeat: Record<string, unknown> | null;
  /** Why the attempt before failed; null on a first one. */
  lastFailure: string | null;
}

/** One look at an experiment, from what the server itself knows and, where a worker answers, from the workflow. */
export interface ExperimentSnapshot {
  /** The name of its folder. */
  id: string;
  /** The same, unless a schedule has started it. */
  workflowId: string;
  status: WorkflowExecutionDescription['status']['name'];
  /** Null while no worker answers. */
  progress: Progress | null;
  pending: PendingActivity[];
  /** Null unless it completed. */
  result: ExperimentResult | null;
  /** Null unless it failed. */
  failure: string | null;
}

/** Throws a UserError when there is no such experiment. */
export async function lookAtExperiment(client: Client, id: string): Promise<ExperimentSnapshot> {
  const found = await findExperiment(client, id);
  const { handle, description } = found;
  const status = description.status.name;
  const progress = await askForProgress(handle);
  const ending = status === 'RUNNING' ? { result: null, failure: null } : await readEnding(handle);
  const pending = status === 'RUNNING' ? await pendingActivities(client, found, progress) : [];
  return { id: found.id, workflowId: handle.workflowId, status, progress, pending, ...ending };
}

async function readEnding(handle: WorkflowHandle): Promise<Pick<ExperimentSnapshot, 'result' | 'failure'>> {
  try {
    return { result: (await handle.result()) as ExperimentResult, failure: null };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { result: null, failure: wasCancelled(error) ? null : rootMessage(error) };
  }
}

function wasCancelled(error: WorkflowFailedError): boolean {
  return error.cause instanceof CancelledFailure;
}

/** The innermost message: what Temporal wraps around it says only where it happened. */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}

/** Those of the experiment itself, then those of its running trial. */
async function pendingActivities(
  client: Client,
  { id, description }: FoundExperiment,
  progress: Progress | null,
): Promise<PendingActivity[]> {
  const own = readPending(description);
  if (progress?.stage.kind !== 'trial') return own;
  try {
    const trial = client.workflow.getHandle(trialWorkflowId(id, progress.stage.number));
    return [...own, ...readPending(await trial.describe())];
  } catch (error) {
    // The stage is entered a moment before the child workflow exists.
    if (error instanceof WorkflowNotFoundError) return own;
    throw error;
  }
}

function readPending({ raw }: WorkflowExecutionDescription): PendingActivity[] {
  return (raw.pendingActivities ?? []).map((activity) => {
    const payload = activity.heartbeatDetails?.payloads?.[0];
    return {
      type: activity.activityType?.name ?? 'unknown',
      attempt: activity.attempt ?? 1,
      heartbeat: payload ? defaultPayloadConverter.fromPayload<Record<string, unknown>>(payload) : null,
      lastFailure: activity.lastFailure?.message ?? null,
    };
  });
}
