import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { startDevelopmentServer, type DevelopmentServer } from '../../scripts/development-server/development-server.ts';
import type { TrialResult } from '../../workflows/domain/trial.ts';
import { workflowBundle } from '../support/workflow-environment.ts';
import { killWorker, type KillableWorker } from '../support/kill-worker.ts';

const longrun = fileURLToPath(new URL('../../scripts/longrun.mjs', import.meta.url));
const largestPayloadBytes = 32 * 1024;

/** Demos that a failed test left behind; SIGTERM makes each stop all that it started. */
const running = new Set<ChildProcess>();

interface DemoRun {
  folder: string;
  id: string;
  status: number | null;
  events: Record<string, unknown>[];
  errors: string;
}

/** Runs the demo in folders of its own. Each kill happens when its trial is first seen doing what it names. */
async function runDemo(kills: { worker: KillableWorker; trial: number; during: string }[] = []): Promise<DemoRun> {
  const folder = mkdtempSync(join(tmpdir(), 'longrun-demo-'));
  const environment = {
    ...process.env,
    LONGRUN_HOME: join(folder, 'experiments'),
    LONGRUN_STATE: join(folder, 'state'),
  };
  const child = spawn(process.execPath, [longrun, 'demo', '--json'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const events: Record<string, unknown>[] = [];
  const remaining = [...kills];
  createInterface(child.stdout).on('line', (line) => {
    const event = JSON.parse(line) as Record<string, unknown>;
    events.push(event);
    const kill = remaining[0];
    if (kill !== undefined && isDoing(event, kill)) {
      remaining.shift();
      killWorker(child.pid!, kill.worker);
    }
  });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  running.delete(child);
  assert.deepEqual(remaining, [], `not every worker was killed; standard error: ${errors}`);
  return { folder, id: String(events.find(({ event }) => event === 'started')?.['id']), status, events, errors };
}

function isDoing(event: Record<string, unknown>, { trial, during }: { trial: number; during: string }): boolean {
  const progress = event['progress'] as { stage?: { kind: string; number?: number } } | null | undefined;
  const pending = (event['pending'] ?? []) as { type: string }[];
  return (
    progress?.stage?.kind === 'trial' && progress.stage.number === trial && pending.some(({ type }) => type === during)
  );
}

function readArtifact({ folder, id }: DemoRun, path: string): string {
  return readFileSync(join(folder, 'experiments', id, path), 'utf8');
}

function outcomes(run: DemoRun): unknown[] {
  return [1, 2, 3, 4, 5].map((trial) => {
    const result = JSON.parse(readArtifact(run, `trials/00${trial}/result.json`)) as TrialResult;
    return { title: result.title, outcome: result.outcome, verdict: result.verdict, calls: result.spending.calls };
  });
}

describe('the demo experiment, on a real server with real workers and trainings', function () {
  this.timeout(420_000);
  let undisturbed: DemoRun;
  let disturbed: DemoRun;
  let server: DevelopmentServer | undefined;
  let client: Client | undefined;

  before(async () => {
    undisturbed = await runDemo();
    disturbed = await runDemo([
      { worker: 'llm', trial: 1, during: 'runTraining' },
      { worker: 'orchestrator', trial: 2, during: 'runTraining' },
      { worker: 'gpu', trial: 3, during: 'runTraining' },
      { worker: 'llm', trial: 4, during: 'runTraining' },
    ]);
    server = await startDevelopmentServer({
      stateFolder: join(undisturbed.folder, 'state', 'demo'),
      port: 0,
      uiPort: 0,
    });
    client = new Client({ connection: await Connection.connect({ address: server.address }) });
  });

  async function historyOf(workflowId: string) {
    assert.ok(client);
    return await client.workflow.getHandle(workflowId).fetchHistory();
  }

  after(async () => {
    for (const child of running) {
      child.kill('SIGTERM');
      await once(child, 'close');
    }
    await client?.connection.close();
    await server?.stop();
    for (const run of [undisturbed, disturbed])
      if (run !== undefined) rmSync(run.folder, { recursive: true, force: true });
  });

  it('reaches its target and exits with 0', () => {
    assert.equal(undisturbed.status, 0, undisturbed.errors);
    const end = undisturbed.events.find(({ event }) => event === 'end');
    assert.deepEqual((end?.['result'] as { verdict: string } | undefined)?.verdict, 'goalReached');
  });

  it('meets a bug in the first rehearsal and mends it', () => {
    assert.ok(existsSync(join(undisturbed.folder, 'experiments', undisturbed.id, 'trials/001/versions/train-2.py')));
    assert.match(readArtifact(undisturbed, 'trials/001/rehearsal-1/log.txt'), /Traceback/);
  });

  it('calls a difference within noise by its name and revises the plan', () => {
    assert.match(readArtifact(undisturbed, 'EXPERIMENT_LOG.md'), /noise/);
    assert.notEqual(readArtifact(undisturbed, 'plans/PLAN-001.md'), readArtifact(undisturbed, 'plans/PLAN-002.md'));
  });

  it('leaves a report whose numbers are the measured ones', () => {
    const report = readArtifact(undisturbed, 'REPORT.md');
    for (const trial of [1, 2, 3, 4, 5]) {
      const { outcome } = JSON.parse(readArtifact(undisturbed, `trials/00${trial}/result.json`)) as TrialResult;
      assert.ok(outcome.kind === 'completed');
      assert.ok(report.includes(outcome.mean.toPrecision(4)), `trial ${trial}: ${outcome.mean}`);
    }
  });

  it('comes to the same outcome when its workers are killed on the way', () => {
    assert.equal(disturbed.status, 0, disturbed.errors);
    assert.deepEqual(outcomes(disturbed), outcomes(undisturbed));
  });

  it('puts no payload over 32 KB into its history', async () => {
    for (const workflowId of [undisturbed.id, `${undisturbed.id}-trial-001`, `${undisturbed.id}-trial-005`]) {
      const history = await historyOf(workflowId);
      const largest = Math.max(...payloadSizes(JSON.parse(historyToJSON(history))));
      assert.ok(largest <= largestPayloadBytes, `${workflowId} has a payload of ${largest} bytes`);
    }
  });

  it('has a history that replays', async () => {
    const history = await historyOf(undisturbed.id);
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, undisturbed.id);
  });
});

/** The sizes of all payloads below a value: objects with metadata and base64 data. */
function payloadSizes(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  const { metadata, data } = value as { metadata?: unknown; data?: unknown };
  if (metadata !== undefined && typeof data === 'string') return [Buffer.from(data, 'base64').length];
  return Object.values(value).flatMap(payloadSizes);
}
