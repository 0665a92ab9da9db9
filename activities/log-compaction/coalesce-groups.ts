import { indexColumn } from './column-names.ts';
import type { LineGroup } from './line-group.ts';
import { addRow, createNumberCourse, mergeCourses, type NumberCourse } from './number-course.ts';
import { readSample } from './sample-numbers.ts';

/** Lines that the digest tells of as one: a group, or several that differ in the digits within their words. */
export interface CoalescedGroup extends Omit<LineGroup, 'next' | 'isGone' | 'hash' | 'check'> {
  /** The shapes that it is made of; none for one that is a single shape. */
  members: CoalescedGroup[];
}

/** More shapes than this are one, even if each has a metric of its own. */
const mostMeasuredForms = 12;
const fewestForms = 3;

/**
 * Processes that print the same become one; then so do shapes that differ in digits only (host names, layers, files),
 * where they are many, or have no metric that would be lost among the others'.
 */
export function coalesceGroups(
  groups: readonly LineGroup[],
  hasMetric: (group: CoalescedGroup) => boolean,
): CoalescedGroup[] {
  const single = groups.map((group): CoalescedGroup => ({ ...group, members: [] }));
  const processes = [...bySample(single, withoutRank).values()].flatMap((members) => merge(members));
  return [...bySample(processes, withoutDigits).values()].flatMap((members) => {
    const keepsApart = members.length <= mostMeasuredForms && members.some((member) => hasMetric(member));
    return members.length < fewestForms || keepsApart ? members : merge(members);
  });
}

function bySample(groups: readonly CoalescedGroup[], keyOf: (sample: string) => string): Map<string, CoalescedGroup[]> {
  const result = new Map<string, CoalescedGroup[]>();
  for (const group of groups) {
    const key = `${group.severity} ${keyOf(group.sample)}`;
    const members = result.get(key);
    if (members === undefined) result.set(key, [group]);
    else members.push(group);
  }
  return result;
}

const rank = /((?:^|[\s[(<])(?:rank|local_rank|default|worker|trainer|process|proc|node|gpu)[ :=_-]?)\d+(?=[\]:>)| ])/i;

function withoutRank(sample: string): string {
  const masked = sample.replace(rank, '$1#');
  return masked === sample ? sample : withoutNumbers(masked);
}

/** The shape that the scanner sees, all but: free-standing numbers do not count. */
function withoutNumbers(text: string): string {
  return text.replace(/(?<![A-Za-z_\d])[+-]?(?:\d[\d.,]*(?:e[+-]?\d+)?|nan|inf)/gi, '#').replace(/\s+/g, '');
}

function withoutDigits(sample: string): string {
  return sample
    .replace(/\b(?:0x)?(?=[a-f]*\d)[\da-f]+\b/gi, '#')
    .replace(/[+-]?\d[\d.,]*(?:e[+-]?\d+)?/gi, '#')
    .replace(/[+-]?\b(?:nan|inf)\b/gi, '#')
    .replace(/\s+/g, '');
}

function merge(members: readonly CoalescedGroup[]): CoalescedGroup[] {
  const [main] = members.toSorted((a, b) => b.count - a.count || a.firstLine - b.firstLine);
  if (main === undefined || members.length === 1) return [...members];
  const sum = (numberOf: (group: CoalescedGroup) => number): number =>
    members.reduce((total, group) => total + numberOf(group), 0);
  const alike = members.filter(({ numberCount }) => numberCount === main.numberCount);
  const courses = alike.flatMap(courseOf);
  const others = members.filter((group) => group.numberCount !== main.numberCount);
  const merged = {
    ...main,
    members: members.flatMap((group) => (group.members.length === 0 ? [group] : group.members)),
    count: sum(({ count }) => count),
    firstLine: Math.min(...members.map(({ firstLine }) => firstLine)),
    lastLine: Math.max(...members.map(({ lastLine }) => lastLine)),
    uncountedRows: others.reduce((total, { count }) => total + count, 0) + sum(({ uncountedRows }) => uncountedRows),
    course: courses.length === 0 ? null : mergeCourses(courses),
  };
  return [merged];
}

function courseOf({ course, sample, numberCount, firstLine, head }: CoalescedGroup): NumberCourse[] {
  if (course !== null || numberCount === 0) return course === null ? [] : [course];
  const { numbers } = readSample(sample);
  if (numbers.length !== numberCount) return [];
  const single = createNumberCourse(numberCount, indexColumn({ sample, head }));
  addRow(single, numbers, firstLine);
  return [single];
}
