import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { failureTable, renderFailureTable, type FailureClass } from '../../workflows/domain/failure-class.ts';
import { judgeExecution, type ExecutionEvidence } from '../../workflows/domain/judge-execution.ts';
import type { ExitRecord } from '../../workflows/schema/execution-record.ts';
import { anExit } from '../support/builders.ts';
import * as outputs from '../support/outputs-of-failures.ts';

const because = (reason: ExitRecord['reason']): Partial<ExecutionEvidence> => ({ exit: anExit({ reason }) });
const failing = (output: string): Partial<ExecutionEvidence> => ({ exit: anExit({ code: 1 }), output });
const endedBy = (signal: string): Partial<ExecutionEvidence> => ({
  exit: anExit({ code: null, signal, reason: 'signaled' }),
});

const evidenceOf: Record<FailureClass, Partial<ExecutionEvidence>> = {
  completed: { metrics: { val_error: 1 } },
  stopped: because('stopped'),
  crashed: failing(outputs.valueError),
  missingMetric: {},
  diverged: { metrics: { val_error: 'NaN' } },
  outOfGpuMemory: failing(outputs.torchOutOfGpuMemory),
  outOfHostMemory: because('memory'),
  quotaExceeded: because('workQuota'),
  stalled: because('stalled'),
  timedOut: because('deadline'),
  nativeCrash: endedBy('SIGSEGV'),
  killedFromOutside: endedBy('SIGKILL'),
  hostLost: because('unattended'),
  deviceFault: because('deviceUnusable'),
  diskFull: because('diskFull'),
  sandboxMisconfigured: because('sandboxFailed'),
};

/** What it is called at first and after a thousand attempts; null where it is no fault any more. */
function judged(evidence: Partial<ExecutionEvidence>, attempt: number): { name: FailureClass; isFault: boolean } {
  const usual = { metrics: {}, metricName: 'val_error', output: '', excerpt: '', isDiskFull: false };
  const judgement = judgeExecution({ ...usual, ...evidence, exit: { ...anExit(), ...evidence.exit, attempt } });
  return judgement.kind === 'fault'
    ? { name: judgement.fault.class, isFault: true }
    : { name: judgement.outcome.kind, isFault: false };
}

describe('the table of failures', () => {
  it('has one row for every way to end, and no other', () => {
    assert.deepEqual(Object.keys(failureTable).toSorted(), Object.keys(evidenceOf).toSorted());
  });

  for (const [name, evidence] of Object.entries(evidenceOf) as [FailureClass, Partial<ExecutionEvidence>][]) {
    const { retries, isForModel, advice } = failureTable[name];

    it(`says of ${name} how often it is tried again`, () => {
      assert.deepEqual(judged(evidence, 1), { name, isFault: retries > 0 });
      if (retries > 0 && retries < Infinity) {
        assert.equal(judged(evidence, retries).isFault, true);
        assert.equal(judged(evidence, retries + 1).isFault, false);
      }
      assert.equal(judged(evidence, 1_000_000).isFault, retries === Infinity);
    });

    it(`has advice on ${name} if a model is to mend it`, () => {
      const isMended = isForModel && name !== 'completed' && judged(evidence, 1_000_000).name === name;
      assert.equal(advice !== null, isMended);
    });
  }

  it('is in the README, row for row', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    assert.ok(readme.includes(renderFailureTable()), `README.md must contain:\n\n${renderFailureTable()}`);
  });
});
