import assert from 'node:assert/strict';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import { lossIn } from '../../workflows/loss-in.ts';

const details = { host: 'host-a' };

/** What the workflow catches when a watcher's only attempt ended by `cause`. */
function failed(cause: Error): ActivityFailure {
  return new ActivityFailure('failed', 'runTraining', '1', RetryState.MAXIMUM_ATTEMPTS_REACHED, 'worker', cause);
}

describe('the loss in a failed attempt to watch', () => {
  it('is a lost watcher, with its host, when heartbeats stopped', () => {
    const timeout = new TimeoutFailure('silent', details, TimeoutType.HEARTBEAT);
    assert.deepEqual(lossIn(failed(timeout)), { kind: 'watcherLost', details });
  });

  it('is a lost watcher too when it waited longer than one deadline: its training may be alive', () => {
    const timeout = new TimeoutFailure('too long', details, TimeoutType.START_TO_CLOSE);
    assert.deepEqual(lossIn(failed(timeout)), { kind: 'watcherLost', details });
  });

  it('is a silent host when nobody there took the work', () => {
    const timeout = new TimeoutFailure('not started', undefined, TimeoutType.SCHEDULE_TO_START);
    assert.deepEqual(lossIn(failed(timeout)), { kind: 'hostSilent' });
  });

  it('is a fault when the host could not do its part', () => {
    const failure = ApplicationFailure.create({ type: 'Execution.SupervisorFailed', details: [details] });
    assert.deepEqual(lossIn(failed(failure)), { kind: 'fault', details, isOfHost: false });
  });

  for (const type of ['Execution.DiskFull', 'Execution.DeviceFault', 'Execution.SandboxMisconfigured']) {
    it(`is a fault of that very host when it is ${type}`, () => {
      const loss = lossIn(failed(ApplicationFailure.create({ type, details: [details] })));
      assert.deepEqual(loss, { kind: 'fault', details, isOfHost: true });
    });
  }

  it('is a busy host when no slot came free there', () => {
    const failure = ApplicationFailure.create({ type: 'Execution.HostBusy' });
    assert.deepEqual(lossIn(failed(failure)), { kind: 'hostBusy' });
  });

  it('is final when no other attempt would mend it, and when it was cancelled', () => {
    assert.deepEqual(lossIn(failed(ApplicationFailure.nonRetryable('no', 'Execution.Refused'))), { kind: 'final' });
    assert.deepEqual(lossIn(failed(new CancelledFailure('stop'))), { kind: 'final' });
  });
});
