import type { Metric } from '../../../workflows/schema/metric.ts';
import { ladder, secondLayerTask } from './ladder.ts';
import { readMetric, requiredSection, type Sections } from './read-prompt.ts';
import { joined, withJson } from './words.ts';

/** The first plan: baseline, then capacity. That data is the limit is left for the trials to find out. */
export function writePlan(sections: Sections): string {
  const idea = requiredSection(sections, 'idea');
  const required = sections.get('required metric');
  const metric = required === undefined ? metricOfIdea(idea) : readMetric(required);
  const planned = ladder.slice(0, 3);
  const plan = [
    goal(metric),
    data,
    measurement(metric, hostFacts(requiredSection(sections, 'host'))),
    `## Baseline\n\n${planned[0]?.change}, trained with mini-batches and a constant learning rate. An improvement is a mean that differs from the baseline's by more than two standard errors of the difference.`,
    thingsToTry(),
    whenToStop(metric),
  ];
  return withJson(plan, {
    title: 'Handwritten digits from few examples, in numpy',
    metric,
    tasks: [...planned.map(({ task }) => task), secondLayerTask],
  });
}

/** The first name in backticks that sounds like a measure; "at most" or "at least" a number is its target. */
function metricOfIdea(idea: string): Metric {
  const text = idea.replace(/\s+/g, ' ');
  const names = [...text.matchAll(/`([A-Za-z_][A-Za-z0-9_]{0,47})`/g)].map(([, name = '']) => name);
  const name = names.find((candidate) => /error|loss|accuracy|score/.test(candidate)) ?? 'val_error';
  const [, bound, target] = /\bat (most|least) (\d+(?:\.\d+)?)/.exec(text) ?? [];
  const isLargerBetter = bound === 'least' || /larger is better|maximi[sz]e/i.test(text);
  return {
    name,
    direction: isLargerBetter ? 'maximize' : 'minimize',
    ...(target === undefined ? {} : { target: Number(target) }),
  };
}

function goal({ name, direction, target }: Metric): string {
  const aim =
    target === undefined
      ? `Make \`${name}\` as ${direction === 'minimize' ? 'small' : 'large'} as the budget allows.`
      : `Bring \`${name}\` to ${direction === 'minimize' ? 'at most' : 'at least'} ${target}, as the mean over all seeds.`;
  return `## Goal\n\n${aim} The images are the digits that come with scikit-learn; the models use numpy alone.`;
}

const data = `## Data

The images are shuffled once with a fixed number and cut into 400 for training, 700 for validation and 697 for testing. The split is the same in every script and for every seed. Nothing is chosen by looking at the test part: its error is reported beside the rest and enters no decision.`;

function measurement({ name }: Metric, host: string): string {
  return `## Measurement

\`${name}\` and the cross-entropy, both on the validation images, from the weights of the last epoch. The seed decides the initial weights and the order of the batches. The standard deviation over seeds is the noise: two trials whose means differ by less than two standard errors of the difference count as equal. Each seed is one process, sized for this host (${host}).`;
}

function thingsToTry(): string {
  const [, ...rungs] = ladder.slice(0, 3);
  const items = rungs.map(({ task, hope, doubt }, index) => `${index + 1}. **${task}.** ${hope}. ${doubt}.`);
  return joined([
    '## Things to try',
    [...items, `${items.length + 1}. **${secondLayerTask}.** Only if more units have helped.`].join('\n'),
  ]);
}

function whenToStop({ name, target }: Metric): string {
  const reached = target === undefined ? [] : [`- when the mean of \`${name}\` over the seeds has reached ${target}`];
  const exhausted = '- when two changes in a row stay within noise and the logs name nothing that could be worked on';
  return joined(['## When to stop', [...reached, exhausted].join('\n')]);
}

/** The survey's own words on GPUs and cores. */
function hostFacts(host: string): string {
  const facts = host
    .split('\n')
    .map((line) => line.replace(/^- /, '').trim())
    .filter((line) => /^GPUs?:|CPU core/.test(line));
  return facts.length === 0 ? 'its survey names neither GPUs nor cores' : facts.join('; ');
}
