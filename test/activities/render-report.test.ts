import assert from 'node:assert/strict';
import { renderTrials } from '../../activities/render-report.ts';
import { aMetric, aTrialResult } from '../support/builders.ts';

describe('the trials in a report', () => {
  it('have a link to their script where there is one', () => {
    const [written, unwritten] = [
      aTrialResult(),
      aTrialResult({ script: null, outcome: { kind: 'unwritten', problem: 'no fence' } }),
    ].map((result) => renderTrials([result], aMetric()));
    assert.match(written ?? '', /train\.py\)/);
    assert.doesNotMatch(unwritten ?? '', /train\.py\)/);
  });
});
