import assert from 'node:assert/strict';
import { nothingSpent } from '../../workflows/domain/budget.ts';
import { actInWords, renderTrialDetails } from '../../workflows/domain/render-trial-details.ts';

const trial = { number: 7, step: { kind: 'improve', parent: 3 } } as const;

describe('the details of a trial for the Web UI', () => {
  it('name the trial, what it is at, and what its calls have used', () => {
    const spending = { ...nothingSpent, calls: 2, inputTokens: 900, outputTokens: 100 };
    const details = renderTrialDetails(trial, { hold: null, spending }, actInWords('training', false));
    assert.deepEqual(details.split('\n\n'), [
      '**Trial 7: improve trial 3**',
      'training',
      '2 calls of language models, 1000 tokens',
      '·',
    ]);
  });

  it('say what is waited for, and what to do', () => {
    const hold = { type: 'LanguageModel.NoCredit', problem: 'No credit.', mend: 'Add some.', since: 'noon' } as const;
    const details = renderTrialDetails(trial, { hold, spending: nothingSpent }, 'writing');
    assert.match(details, /\*\*Waits for a person since noon: No credit\. Add some\.\*\*/);
  });

  it('say what it takes to go on', () => assert.match(actInWords('training', true), /^training, paused: .*`resume`$/));
});
