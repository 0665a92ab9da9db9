import type { Metric } from '../../../workflows/schema/metric.ts';
import { bestLogged } from './best-logged.ts';
import { describeCourses } from './describe-courses.ts';
import { describeCause, readFailure } from './read-failure.ts';
import { readDigest, type ExecutionDigest } from './read-digest.ts';
import { readMetric, requiredSection, UnreadablePrompt, type Sections } from './read-prompt.ts';
import { counted, joined, limited, listed } from './words.ts';

export function writeSummary(sections: Sections): string {
  const metric = readMetric(requiredSection(sections, 'metric'));
  return summarizeDigest(requiredSection(sections, 'digest of the logs'), metric);
}

/** The course of every metric, the final values, errors word for word, and what the digest leaves out. */
export function summarizeDigest(digest: string, metric: Metric): string {
  const executions = readDigest(digest);
  if (executions.length === 0) {
    throw new UnreadablePrompt('The digest of the logs names no execution (## seed-0: ending).');
  }
  const finished = executions.filter((execution) => execution.finished.size > 0);
  return joined([
    `${counted(executions.length, 'log')}: ${namesOf(executions)}.`,
    describeCourses(executions, metric).join('\n'),
    limited(finished.map((execution) => finalValues(execution, metric))).join('\n'),
    limited(executions.flatMap(ending)).join('\n\n'),
    oddities(executions).join(' '),
    omissions(executions),
  ]);
}

/** What each execution came to, and where on its way it was best. */
function finalValues(execution: ExecutionDigest, metric: Metric): string {
  const reported = listed([...execution.finished].map(([name, value]) => `${name}=${value}`));
  const best = bestLogged(execution.logged.get(metric.name) ?? [], metric.direction);
  const way = best === null ? '' : `; its best ${metric.name} on the way was ${best.value} at step ${best.step}`;
  return `- \`${execution.name}\` reported ${reported}${way}.`;
}

/** An execution that did not complete, with its error word for word. */
function ending({ name, ending, errors }: ExecutionDigest): string[] {
  if (ending.startsWith('completed')) return [];
  const failure = readFailure(`${ending}\n${errors}`);
  const cause = failure.error === null ? '' : ` The log ends with ${describeCause(failure)}.`;
  return [`\`${name}\` ${ending}.${cause}`];
}

function oddities(executions: readonly ExecutionDigest[]): string[] {
  const notFinite = executions.flatMap((execution) => {
    const [earliest] = notFiniteIn(execution);
    return earliest === undefined ? [] : [`\`${execution.name}\` (\`${earliest.name}\` from step ${earliest.step} on)`];
  });
  return [
    ...(notFinite.length === 0 ? [] : [`Values that are not finite were logged in ${listed(limited(notFinite))}.`]),
    ...executions.flatMap(({ name, emptiness }) => (emptiness === null ? [] : [`Of \`${name}\`: ${emptiness}`])),
    ...warnings(executions),
  ];
}

/** The first kind of warning word for word. */
function warnings(executions: readonly ExecutionDigest[]): string[] {
  const all = executions.flatMap((execution) => execution.warnings);
  const [warning, ...others] = all.filter(({ kind }, index) => all.findIndex((other) => other.kind === kind) === index);
  if (warning === undefined) return [];
  const count = all.filter(({ kind }) => kind === warning.kind).reduce((sum, { lines }) => sum + lines, 0);
  const times = count === 1 ? '' : ` ${count} times`;
  const rest = others.length === 0 ? '' : `, and ${counted(others.length, 'other kind')} of warnings`;
  return [`A warning was printed${times}: \`${warning.text.trim().slice(0, 200)}\`${rest}.`];
}

function notFiniteIn({ logged }: ExecutionDigest): { name: string; step: string }[] {
  const all = [...logged].flatMap(([name, values]) => values.map((value) => ({ ...value, name })));
  const notFinite = all.filter(({ value }) => !Number.isFinite(Number(value)));
  return notFinite.toSorted((a, b) => Number(a.step) - Number(b.step));
}

function omissions(executions: readonly ExecutionDigest[]): string {
  const omitted = executions.flatMap(({ name, omission }) => (omission === null ? [] : [`\`${name}\`: ${omission}`]));
  return omitted.length === 0 ? '' : `Not in the digest: ${limited(omitted).join('; ')}.`;
}

function namesOf(executions: readonly ExecutionDigest[]): string {
  return listed(executions.map(({ name }) => `\`${name}\``));
}
