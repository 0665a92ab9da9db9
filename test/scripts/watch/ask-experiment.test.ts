import assert from 'node:assert/strict';
import { ServiceError, type WorkflowHandle } from '@temporalio/client';
import { askForJournal } from '../../../scripts/watch/ask-experiment.ts';
import { aJournalEntry } from '../../support/builders.ts';

const journal = Array.from({ length: 250 }, (_, index) => aJournalEntry({ trial: index + 1 }));

/** An experiment that has done 250 trials and answers so many questions. */
function anExperiment(answers: number): WorkflowHandle {
  let left = answers;
  return {
    client: { withDeadline: async <T>(_deadline: number, ask: () => Promise<T>) => await ask() },
    async query(_query: unknown, { from }: { from: number }) {
      left -= 1;
      if (left < 0) throw new ServiceError('no poller');
      return Promise.resolve({ total: journal.length, from, entries: journal.slice(from - 1, from + 99) });
    },
  } as unknown as WorkflowHandle;
}

describe('the journal of an experiment', () => {
  it('is asked for page by page', async () => {
    assert.deepEqual(await askForJournal(anExperiment(3)), journal);
  });

  it('is not told in part where the worker has gone', async () => {
    assert.equal(await askForJournal(anExperiment(2)), null);
  });
});
