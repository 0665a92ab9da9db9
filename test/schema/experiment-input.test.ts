import assert from 'node:assert/strict';
import { experimentIdSchema, experimentInputSchema } from '../../workflows/schema/experiment-input.ts';
import { problemsOf } from '../../workflows/schema/problems.ts';
import { anInput } from '../support/builders.ts';

function problemsIn(input: unknown): string[] {
  const parsed = experimentInputSchema.safeParse(input);
  return parsed.success ? [] : problemsOf(parsed.error);
}

/** The place that each problem names: what stands before its first colon. */
function placesIn(input: unknown): string[] {
  return problemsIn(input).map((problem) => problem.slice(0, problem.indexOf(': ')));
}

const aHash = 'a'.repeat(64);
const reference = { path: '+ideas/idea.md', sha256: aHash, bytes: 30_000 };

describe('the input of an experiment', () => {
  it('needs an idea alone, and every other setting has its default', () => {
    assert.deepEqual(experimentInputSchema.parse({ idea: 'Try it.' }), {
      idea: 'Try it.',
      budget: { trials: 12, hours: 24, whenSpent: 'finish' },
      models: {},
      seeds: 1,
      gpusPerTrial: 1,
      data: [],
      packages: [],
      approvals: [],
    });
  });

  it('keeps the defaults of a budget that is given in part', () => {
    const { budget } = experimentInputSchema.parse(anInput({ budget: { trials: 3 } }));
    assert.deepEqual(budget, { trials: 3, hours: 24, whenSpent: 'finish' });
  });

  it('keeps every setting that is given', () => {
    const input = {
      idea: 'Try it.',
      title: 'Digits',
      metric: { name: 'val/error-1.x', direction: 'maximize', target: -2.5 },
      budget: { trials: 500, hours: 8_760, gpuHours: 0.5, tokens: 1, usd: 0.5, calls: 1, whenSpent: 'wait' },
      models: { planner: 'a', coder: 'b', analyst: 'c', reporter: 'd' },
      seeds: 20,
      gpusPerTrial: 8,
      data: [
        { name: 'digits.v2', path: '/srv/digits' },
        { name: 'glosses', script: 'print()', hosts: ['*.example.org:8443'] },
      ],
      packages: ['einops', '*'],
      approvals: ['plan', 'blocked'],
      fork: { experiment: 'digits-1', trial: 7, plan: '# Plan', feedback: 'Mind the rate.', by: 'Ada' },
    };
    assert.deepEqual(experimentInputSchema.parse(input), input);
  });

  it('takes a long idea as a reference to a file', () => {
    assert.deepEqual(experimentInputSchema.parse({ idea: reference }).idea, reference);
  });

  it('needs no idea where it forks another experiment', () => {
    assert.deepEqual(problemsIn({ fork: { experiment: 'digits-1', trial: 1 } }), []);
  });

  it('says that the idea is missing beside every other problem', () => {
    assert.deepEqual(problemsIn({ seeds: 'x', surprise: 1 }).toSorted(), [
      'idea: is missing, must be a string',
      'seeds: Invalid input: expected number, received string',
      'surprise: unknown name',
    ]);
  });

  it('takes an idea of exactly 24 KB', () => {
    assert.deepEqual(problemsIn({ idea: 'x'.repeat(24 * 1024) }), []);
  });

  it('says of an idea over 24 KB how to start it', () => {
    assert.match(problemsIn({ idea: 'x'.repeat(24 * 1024 + 1) }).join(), /^idea: is over 24 KB: .*longrun start/);
  });

  it('counts the idea in bytes, not in characters', () => {
    assert.deepEqual(placesIn({ idea: 'é'.repeat(12 * 1024 + 1) }), ['idea']);
  });

  it('refuses an idea that its escapes make too large for a payload', () => {
    assert.deepEqual(placesIn({ idea: '\u0001'.repeat(6 * 1024) }), ['idea']);
  });

  it('names every problem at once', () => {
    assert.deepEqual(placesIn({ idea: '', seeds: 0, budget: { trials: 0, hours: -1 }, surprise: 1 }).toSorted(), [
      'budget.hours',
      'budget.trials',
      'idea',
      'seeds',
      'surprise',
    ]);
  });

  it('says of a metric with a target alone that name and direction are missing', () => {
    assert.deepEqual(problemsIn(anInput({ metric: { target: 2 } })), [
      'metric.name: is missing, must be a string',
      'metric.direction: must be minimize or maximize',
    ]);
  });

  it('says of an unknown name that it is unknown', () => {
    assert.deepEqual(problemsIn(anInput({ seed: 3 })), ['seed: unknown name']);
  });

  const metric = { name: 'val_error', direction: 'minimize' };
  const badInputs: [what: string, input: unknown, place: string][] = [
    ['an absent input', null, 'input'],
    ['a text in place of the input', 'Try it.', 'input'],
    ['a list in place of the input', [], 'input'],
    ['a missing idea', {}, 'idea'],
    ['an empty idea', anInput({ idea: '' }), 'idea'],
    ['an idea of white space', anInput({ idea: ' \n\t' }), 'idea'],
    ['a number as idea', anInput({ idea: 5 }), 'idea'],
    ['a null idea', anInput({ idea: null }), 'idea'],
    ['a reference without a path', anInput({ idea: { sha256: aHash, bytes: 1 } }), 'idea.path'],
    ['a reference with an empty path', anInput({ idea: { ...reference, path: '' } }), 'idea.path'],
    ['a reference with a short hash', anInput({ idea: { ...reference, sha256: 'abc' } }), 'idea.sha256'],
    ['a reference with a negative size', anInput({ idea: { ...reference, bytes: -1 } }), 'idea.bytes'],
    ['a reference with an unknown name', anInput({ idea: { ...reference, url: 'x' } }), 'idea.url'],
    ['a blank title', anInput({ title: ' ' }), 'title'],
    ['a title of 121 characters', anInput({ title: 'x'.repeat(121) }), 'title'],
    ['a metric that is only a name', anInput({ metric: 'val_error' }), 'metric'],
    ['a metric name with a space', anInput({ metric: { ...metric, name: 'val error' } }), 'metric.name'],
    ['a metric name that begins with a digit', anInput({ metric: { ...metric, name: '5error' } }), 'metric.name'],
    ['a metric name of 49 letters', anInput({ metric: { ...metric, name: 'x'.repeat(49) } }), 'metric.name'],
    ['an unknown direction', anInput({ metric: { ...metric, direction: 'down' } }), 'metric.direction'],
    ['a target that is a text', anInput({ metric: { ...metric, target: '2' } }), 'metric.target'],
    ['an unknown name in the metric', anInput({ metric: { ...metric, goal: 2 } }), 'metric.goal'],
    ['a trial without a GPU', anInput({ gpusPerTrial: 0 }), 'gpusPerTrial'],
    ['a data set without a path', anInput({ data: [{ name: 'a' }] }), 'data.0'],
    ['a data set with path and script', anInput({ data: [{ name: 'a', path: '/a', script: 'x' }] }), 'data.0'],
    ['a data set at a path with hosts', anInput({ data: [{ name: 'a', path: '/a', hosts: [] }] }), 'data.0'],
    ['a host that is a URL', anInput({ data: [{ name: 'a', script: 'x', hosts: ['https://a'] }] }), 'data.0.hosts.0'],
    [
      'scripts of data sets that are too long together',
      anInput({ data: [1, 2].map((n) => ({ name: `a${n}`, script: 'x'.repeat(3500) })) }),
      'data',
    ],
    ['a package that is a requirement', anInput({ packages: ['einops>=1'] }), 'packages.0'],
    ['a data set at a relative path', anInput({ data: [{ name: 'a', path: 'b' }] }), 'data.0.path'],
    ['a data set whose name leaves its folder', anInput({ data: [{ name: '../a', path: '/b' }] }), 'data.0.name'],
    ['two data sets of one name', anInput({ data: [1, 2].map((n) => ({ name: 'a', path: `/${n}` })) }), 'data'],
    ['a budget of no trials', anInput({ budget: { trials: 0 } }), 'budget.trials'],
    ['a budget of half a trial', anInput({ budget: { trials: 1.5 } }), 'budget.trials'],
    ['a budget of too many trials', anInput({ budget: { trials: 501 } }), 'budget.trials'],
    ['a budget of no time', anInput({ budget: { hours: 0 } }), 'budget.hours'],
    ['a budget of more than a year', anInput({ budget: { hours: 8_761 } }), 'budget.hours'],
    ['a budget of negative GPU hours', anInput({ budget: { gpuHours: -1 } }), 'budget.gpuHours'],
    ['a budget of negative dollars', anInput({ budget: { usd: -1 } }), 'budget.usd'],
    ['a budget of half a call', anInput({ budget: { calls: 0.5 } }), 'budget.calls'],
    ['another end of a budget', anInput({ budget: { whenSpent: 'explode' } }), 'budget.whenSpent'],
    ['a budget of half a token', anInput({ budget: { tokens: 0.5 } }), 'budget.tokens'],
    ['an unknown name in the budget', anInput({ budget: { days: 1 } }), 'budget.days'],
    ['an empty model name', anInput({ models: { coder: '' } }), 'models.coder'],
    ['an unknown role', anInput({ models: { poet: 'x' } }), 'models.poet'],
    ['an unknown approval', anInput({ approvals: ['everything'] }), 'approvals.0'],
    ['a fork of nothing', { fork: { trial: 1 } }, 'fork.experiment'],
    ['a fork from outside', { fork: { experiment: '../a', trial: 1 } }, 'fork.experiment'],
    ['a fork from before the first trial', { fork: { experiment: 'a', trial: 0 } }, 'fork.trial'],
    ['a fork with a blank plan', { fork: { experiment: 'a', trial: 1, plan: ' ' } }, 'fork.plan'],
    ['a fork with 16 KB of plan', { fork: { experiment: 'a', trial: 1, plan: 'x'.repeat(16 * 1024) } }, 'fork.plan'],
    ['a fork with 8 KB of words', { fork: { experiment: 'a', trial: 1, feedback: 'ü'.repeat(4096) } }, 'fork.feedback'],
    ['a fork with an unknown name', { fork: { experiment: 'a', trial: 1, run: 'x' } }, 'fork.run'],
    ['no seeds', anInput({ seeds: 0 }), 'seeds'],
    ['21 seeds', anInput({ seeds: 21 }), 'seeds'],
    ['half a seed', anInput({ seeds: 2.5 }), 'seeds'],
  ];
  for (const [what, input, place] of badInputs) {
    it(`refuses ${what} and names ${place}`, () => assert.deepEqual(placesIn(input), [place]));
  }
});

describe('the id of an experiment', () => {
  for (const id of ['a', 'Digits_2.b-c', '...', '-', 'x'.repeat(100)]) {
    it(`may be ${id.length > 20 ? `${id.length} letters long` : id}`, () =>
      assert.equal(experimentIdSchema.safeParse(id).success, true));
  }

  const badIds = ['', '.', '..', 'a/b', '../a', 'a b', 'a\n', 'ü', '+ideas', 'a\\b', 'a\0', 'x'.repeat(101)];
  for (const id of badIds) {
    it(`must not be ${id.length > 20 ? `${id.length} letters long` : JSON.stringify(id)}`, () =>
      assert.equal(experimentIdSchema.safeParse(id).success, false));
  }
});
