import { Runtime, Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../../workers/bundle-workflows.ts';
import type { WorkflowHistory } from './workflow-history.ts';

export interface Replayed {
  /** What it was replayed from: an id, or a file. */
  source: string;
  workflowId: string;
  runId: string;
  events: number;
  /** Why the code at hand cannot go on from it; null where it can. */
  problem: string | null;
}

export type ReplayableHistory = WorkflowHistory & Pick<Replayed, 'source'>;

const silentLogger = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * Replays each history with the workflows of this repository. Call it once in a process: it silences the SDK, which
 * would say every problem again.
 */
export async function* replayHistories(histories: AsyncIterable<ReplayableHistory>): AsyncGenerator<Replayed> {
  Runtime.install({
    logger: silentLogger,
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  const workflowBundle = await bundleWorkflows(silentLogger);
  for await (const { source, workflowId, runId, history } of histories) {
    const problem = await problemOf(() => Worker.runReplayHistory({ workflowBundle }, history, workflowId));
    yield { source, workflowId, runId, events: history.events?.length ?? 0, problem };
  }
}

async function problemOf(replay: () => Promise<void>): Promise<string | null> {
  try {
    await replay();
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** The SDK wraps the reason in what Rust prints of its failures. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const inner = /message: "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
  return inner
    .replace(/\\(["\\])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}
