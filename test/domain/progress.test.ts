import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import { nothingSpent } from '../../workflows/domain/budget.ts';
import type { Stage } from '../../workflows/domain/experiment-state.ts';
import type { Hold } from '../../workflows/domain/hold.ts';
import { emptyMailbox, receive, rememberedMessages } from '../../workflows/domain/mailbox.ts';
import { readFeedback } from '../../workflows/domain/read-signal.ts';
import { describeStage, measured, progressOf } from '../../workflows/domain/progress.ts';
import { renderDetails, renderTrialTable } from '../../workflows/domain/render-details.ts';
import { mostTasks, newTasks } from '../../workflows/domain/task-list.ts';
import { aFailedEntry, aJournalEntry, aMetric, aState, someSettings, someSpending } from '../support/builders.ts';

const planning: Stage = { kind: 'planning' };
const situation = { stage: planning, hold: null, trial: { hold: null, spending: nothingSpent }, problems: [] };
const noCredit: Hold = { type: 'LanguageModel.NoCredit', problem: 'No credit.', mend: 'Add some.', since: 'noon' };

/** The cells of each row as a reader of the page sees them. */
function tableOf(markdown: string): string[][] {
  const html = new MarkdownIt().render(markdown);
  const rows = [...html.matchAll(/<tr>([\s\S]*?)<\/tr>/g)];
  return rows.map(([row]) => [...row.matchAll(/<t[dh]>([\s\S]*?)<\/t[dh]>/g)].map(([, cell]) => (cell ?? '').trim()));
}

function titledTrials(count: number, title: string) {
  return Array.from({ length: count }, (_, index) => aJournalEntry({ trial: index + 1, title, mean: count - index }));
}

/** As long as everything may be. */
const longest = aState({
  title: '界'.repeat(120),
  journal: titledTrials(1000, '界'.repeat(48)),
  tasks: newTasks(Array.from({ length: mostTasks }, () => '界'.repeat(120))),
});

const head = { number: 1, kind: 'refused', by: '界'.repeat(40), at: 'now', id: '界'.repeat(80) } as const;
const longestMailbox = {
  ...emptyMailbox,
  recent: Array.from({ length: rememberedMessages }, () => ({ ...head, problem: '界'.repeat(160) })),
};

describe('the progress', () => {
  it('of an experiment without a plan says the stage alone', () => {
    const progress = progressOf(null, { ...situation, mailbox: emptyMailbox, nowMilliseconds: 5_000 });
    assert.deepEqual(
      [progress.stage, progress.title, progress.trials, progress.metric, progress.spending],
      [planning, null, 0, null, null],
    );
  });

  it('says where the experiment stands', () => {
    const state = aState({
      startedAtMilliseconds: 1_000,
      settings: someSettings({ budget: { trials: 9, hours: 3 } }),
      journal: [aJournalEntry({ trial: 1, mean: 5 }), aJournalEntry({ trial: 2, mean: 3 }), aFailedEntry({ trial: 3 })],
      tasks: [
        { id: 1, title: 'a', status: 'done' },
        { id: 2, title: 'b', status: 'open' },
        { id: 3, title: 'c', status: 'open' },
        { id: 4, title: 'd', status: 'dropped' },
      ],
      plan: { version: 2, reason: 'better idea' },
      spending: someSpending({ calls: 4 }),
    });
    const mailbox = { ...emptyMailbox, isPaused: true };
    assert.deepEqual(progressOf(state, { ...situation, mailbox, nowMilliseconds: 62_400 }), {
      title: 'Digits',
      stage: planning,
      act: null,
      hold: null,
      warnings: [],
      isPaused: true,
      pause: { when: 'afterTrials' },
      metric: aMetric(),
      best: aJournalEntry({ trial: 2, mean: 3 }),
      trials: 3,
      recentTrials: state.journal,
      plan: { version: 2, reason: 'better idea' },
      tasks: { open: 2, done: 1 },
      spending: someSpending({ calls: 4 }),
      elapsedSeconds: 61,
      budget: { trials: 9, hours: 3 },
      models: {},
      messages: 0,
      recentMessages: [],
    });
  });

  it('says what the experiment waits for', () => {
    const moment = { ...situation, hold: noCredit, mailbox: emptyMailbox, nowMilliseconds: 0 };
    assert.deepEqual([progressOf(null, moment).hold, progressOf(aState(), moment).hold], [noCredit, noCredit]);
  });

  it('says what the running trial waits for', () => {
    const trial = { hold: noCredit, spending: nothingSpent };
    const moment = { ...situation, trial, mailbox: emptyMailbox, nowMilliseconds: 0 };
    assert.deepEqual(progressOf(aState(), moment).hold, noCredit);
  });

  it('says what is nearly spent', () => {
    const settings = someSettings({ budget: { tokens: 1000 } });
    const state = aState({ settings, spending: someSpending({ inputTokens: 900 }) });
    const { warnings } = progressOf(state, { ...situation, mailbox: emptyMailbox, nowMilliseconds: 0 });
    assert.deepEqual(warnings, ['90 % of the budget of 1000 tokens is spent']);
  });

  it('counts messages that wait and those on disk together', () => {
    const mailbox = receive({ ...emptyMailbox, recorded: 3 }, readFeedback('hello', 'now'));
    assert.equal(progressOf(aState(), { ...situation, mailbox, nowMilliseconds: 0 }).messages, 4);
    assert.equal(progressOf(null, { ...situation, mailbox, nowMilliseconds: 0 }).messages, 4);
  });

  it('shows the newest trials only, and counts all', () => {
    const state = aState({ journal: titledTrials(50, 'x') });
    const { recentTrials, trials } = progressOf(state, { ...situation, mailbox: emptyMailbox, nowMilliseconds: 0 });
    assert.deepEqual([recentTrials.length, recentTrials.at(-1)?.trial, trials], [20, 50, 50]);
  });

  it('stays under 32 KB after 1000 trials with the longest texts', () => {
    const conclusion = { verdict: 'stopped', reason: '界'.repeat(2_700) } as const;
    const moment = {
      ...situation,
      stage: { kind: 'finished', conclusion } as const,
      mailbox: longestMailbox,
      nowMilliseconds: 0,
    };
    const bytes = Buffer.byteLength(JSON.stringify(progressOf(longest, moment)));
    assert.ok(bytes < 32 * 1024, `${bytes} bytes`);
  });
});

describe('the stage', () => {
  const sentences: [stage: Stage, sentence: string][] = [
    [{ kind: 'opening' }, 'opening'],
    [planning, 'planning'],
    [{ kind: 'trial', number: 7, step: 'widen' }, 'trial 7: widen'],
    [{ kind: 'recording', number: 7 }, 'trial 7: writing the log'],
    [{ kind: 'revisingPlan' }, 'revising the plan'],
    [{ kind: 'paused' }, 'paused: send the signal `resume` to go on'],
    [{ kind: 'reporting' }, 'writing the report'],
    [
      { kind: 'finished', conclusion: { verdict: 'goalReached', reason: 'trial 2 has it' } },
      'finished: goal reached, trial 2 has it',
    ],
  ];
  for (const [stage, sentence] of sentences) {
    it(`is described as "${sentence}"`, () => assert.equal(describeStage(stage), sentence));
  }
});

describe('the details for the Web UI', () => {
  const moment = { ...situation, mailbox: emptyMailbox, nowMilliseconds: 3_600_000 };

  it('name the title, the stage, the best trial, what is used of the budget, and the plan', () => {
    const state = aState({
      startedAtMilliseconds: 0,
      journal: [aJournalEntry({ trial: 4, mean: 2.5 })],
      plan: { version: 3, reason: 'x' },
      settings: someSettings({ budget: { trials: 9, hours: 3, calls: 40 } }),
      spending: someSpending({ calls: 7 }),
    });
    const details = renderDetails(state, moment);
    for (const part of [
      '### Digits',
      '**planning**',
      'Best: **2.500** in trial 4. Metric: val_error, smaller is better, no target.',
      'Used: 1 of 9 trials, 1 of 3 hours, 7 of 40 calls of language models.',
      'Plan version 3',
    ]) {
      assert.ok(details.includes(part), part);
    }
  });

  it('say what is waited for and what to do, even before there is a plan', () => {
    const details = renderDetails(null, { ...moment, hold: noCredit });
    assert.match(details, /\*\*Waits for a person since noon: No credit\. Add some\.\*\*/);
  });

  it('say what the running trial is at, and that a pause is to come', () => {
    const stage = { kind: 'trial', number: 7, step: 'widen' } as const;
    const trial = { hold: null, spending: nothingSpent, act: 'training' } as const;
    const mailbox = { ...emptyMailbox, isPaused: true };
    const details = renderDetails(null, { ...moment, stage, trial, mailbox });
    assert.match(details, /\*\*trial 7: widen, training\*\*, pauses after this trial/);
  });

  it('do not count the time that a person had the experiment stand still', () => {
    const halts = { sinceMilliseconds: 1_800_000, milliseconds: 600_000 };
    const state = aState({ startedAtMilliseconds: 0 });
    const details = renderDetails(state, { ...moment, mailbox: { ...emptyMailbox, halts } });
    assert.match(details, /0\.33 of \d+ hours/);
  });

  it('say what could not be told to the webhook', () => {
    const details = renderDetails(null, { ...moment, problems: ['The webhook was not told.'] });
    assert.match(details, /^The webhook was not told\.$/m);
  });

  it('say that there is no best trial yet', () => {
    assert.match(renderDetails(aState(), moment), /Best: none yet\./);
  });

  it('show the newest trials only, and say how many there were before', () => {
    const details = renderDetails(aState({ journal: titledTrials(50, 'x') }), moment);
    const rows = tableOf(details);
    assert.deepEqual([rows.length, rows[1]?.[0], rows.at(-1)?.[0]], [13, '39', '50']);
    assert.match(details, /38 earlier trials are in EXPERIMENT_LOG\.md/);
  });

  it('stay under 32 KB after 1000 trials with the longest texts', () => {
    const bytes = Buffer.byteLength(JSON.stringify(renderDetails(longest, moment)));
    assert.ok(bytes < 32 * 1024, `${bytes} bytes`);
  });
});

describe('the table of trials', () => {
  it('has one row for a trial whose title has a carriage return', () => {
    assert.ok(!renderTrialTable([aJournalEntry({ title: 'a\rb' })], aMetric()).includes('\r'));
  });

  it('keeps five columns whatever a title contains', () => {
    const titles = ['a | b', '||||', 'line\nbreak', '| --- |', '`a|b`'];
    const journal = titles.map((title, index) => aJournalEntry({ trial: index + 1, title }));
    const rows = tableOf(renderTrialTable(journal, aMetric()));
    assert.deepEqual(
      rows.map((row) => row.length),
      Array.from({ length: titles.length + 1 }, () => 5),
    );
  });

  it('shows a pipe as a pipe', () => {
    const rows = tableOf(renderTrialTable([aJournalEntry({ title: 'a | b' })], aMetric()));
    assert.deepEqual(rows[1], ['1', 'a | b', 'draft', '5.000', '60']);
  });

  it('shows mean and deviation where there is one', () => {
    assert.equal(measured(aJournalEntry({ mean: 2.54321, deviation: 0.2134 })), '2.543 ± 0.21');
  });

  it('shows how a trial failed in place of a mean', () => {
    assert.equal(measured(aFailedEntry({ outcome: 'rehearsalFailed' })), 'rehearsalFailed');
  });
});
