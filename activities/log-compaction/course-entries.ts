import type { CoalescedGroup } from './coalesce-groups.ts';
import { columnNames, type Column } from './column-names.ts';
import type { DigestEntry } from './digest-entry.ts';
import { describeMembers, describePlace, describeSample, kindOf } from './line-entries.ts';
import { columnSummary, valuesBetween, type ColumnSummary, type NumberCourse } from './number-course.ts';
import { severity } from './severity.ts';
import { cutText } from './visible-text.ts';

/** Names of what a training is judged by; their columns are shown first. */
const measure =
  /loss|acc|err|metric|f1|auc|bleu|rouge|ppl|perplex|reward|return|score|map\b|mAP|ap50|iou|dice|psnr|ssim|fid|wer|cer|mse|mae|rmse|r2|bpb|bpc|nll|kl|entropy|precision|recall|top-?\d|hits|mrr|ndcg|win|eval|val|test|best|grad|norm|logloss/i;
/** What only tells how fast it went. */
const speed =
  /time|eta|elapsed|sec|^s$|ms$|it\/s|\/s$|\/it|speed|throughput|mem|gpu_mem|mfu|tflops|wps|ups|wpb|bsz|tok|samples|examples|data|fps|^%$|train_wall|pid|remaining|cpu|ram|power|temp|util/i;

const fewPoints = 6;
const manyPoints = 16;

interface ShownColumn extends Column {
  index: number;
  summary: ColumnSummary;
  /** What is constant stands in the line itself. */
  isConstant: boolean;
  importance: number;
}

/** The course of every number in lines of one shape that occurred more than once. */
export function courseEntry(group: CoalescedGroup, course: NumberCourse): DigestEntry {
  const all = columnsOf(group, course);
  const columns = all.filter(({ isConstant }) => !isConstant);
  const measures = columns.filter(({ importance }) => importance === 2);
  const isMeasured = measures.length > 0 && !isFrame(group.sample);
  const severe = group.severity >= severity.warning;
  const levels = levelsOf(group, course, { all, columns, isMeasured });
  const section = group.severity === severity.contract ? 'contract' : severe ? 'messages' : 'numbers';
  return {
    section,
    kind: severe ? kindOf(group.severity) : isMeasured ? 'measure' : 'course',
    lines: group.count,
    firstLine: group.firstLine,
    weight: Math.min(Math.log2(group.count), 12) - (isFrame(group.sample) ? 20 : 0) + (columns.length > 0 ? 4 : 0),
    levels: levels.map(({ text }) => text),
    hiddenNumbers: levels.map(({ hiddenNumbers }) => hiddenNumbers),
  };
}

interface ColumnChoice {
  all: readonly ShownColumn[];
  columns: readonly ShownColumn[];
  isMeasured: boolean;
}

function levelsOf(
  group: CoalescedGroup,
  course: NumberCourse,
  { all, columns, isMeasured }: ColumnChoice,
): CourseLevel[] {
  const place = describePlace(group);
  const text = describeSample(group);
  const render = (shown: readonly ShownColumn[], points: number, characters: number): string => {
    const described = shown.map((column) => describeColumn(column, course, points));
    const [only = ''] = described;
    if (described.length === 1 && saysNoMore(text, shown[0]?.name ?? '')) return `${place} ${only}`;
    const constants = describeConstants(all, text.slice(characters));
    return [`${place} ${cutText(text, characters)}`, ...described.map((column) => `  ${column}`), ...constants].join(
      '\n',
    );
  };
  const main = isMeasured ? columns.filter(({ importance }) => importance === 2) : columns.slice(0, 4);
  const untimed = columns.filter(({ importance }) => importance > 0);
  const level = (shown: readonly ShownColumn[], points: number, characters: number): CourseLevel => ({
    text: render(shown, points, characters),
    hiddenNumbers: columns.length - shown.length,
  });
  const isSevere = group.severity >= severity.warning;
  const brief = { text: `${place} ${cutText(text, 140)}`, hiddenNumbers: columns.length };
  const levels = [
    ...(isMeasured || isSevere ? [] : [brief]),
    level(main.slice(0, 12), 0, isSevere ? 260 : 160),
    level(untimed, 0, isSevere ? 260 : 160),
    level(columns, 0, 300),
    level(columns, fewPoints, 600),
    level(columns, manyPoints, 2_000),
    ...describeMembers(group).map((members) => ({ text: members, hiddenNumbers: 0 })),
  ];
  return levels.filter((each, index) => each.text !== levels[index - 1]?.text);
}

interface CourseLevel {
  text: string;
  hiddenNumbers: number;
}

/** Metrics that do not change and whose place in the line is cut off. */
function describeConstants(all: readonly ShownColumn[], cutOff: string): string[] {
  const constants = all.filter(
    ({ isConstant, importance, name }) => isConstant && importance === 2 && cutOff.includes(name),
  );
  if (constants.length === 0) return [];
  return [`  constant: ${constants.map(({ name, summary }) => `${name} ${format(summary.first)}`).join(', ')}`];
}

/** Whether the line is a name and its number, and nothing else. */
function saysNoMore(text: string, name: string): boolean {
  return (
    name !== '' &&
    text.includes(name) &&
    !/[A-Za-z]/.test(text.replace(name, '').replace(/\d[\d.,]*(?:e[-+]?\d+)?/gi, ''))
  );
}

/** A frame of a traceback whose lines could not be told from another's. */
function isFrame(sample: string): boolean {
  return /^\s*File "/.test(sample);
}

/** Whether one of its numbers is what a training is judged by, and changes. */
export function hasMetric(group: CoalescedGroup): boolean {
  if (group.course === null) return false;
  return columnsOf(group, group.course).some(({ importance, isConstant }) => importance === 2 && !isConstant);
}

function columnsOf(group: CoalescedGroup, course: NumberCourse): ShownColumn[] {
  return columnNames(group).flatMap((column, index) => {
    if (index >= course.columns || column.isTime) return [];
    const summary = columnSummary(course, index);
    const isConstant = summary.notFinite === null && summary.minimum?.value === summary.maximum?.value;
    const importance = speed.test(column.name) || column.isUnnamed ? 0 : measure.test(column.name) ? 2 : 1;
    return [{ ...column, index, summary, isConstant, importance }];
  });
}

/** `loss: 10.9 > 2.31 [min 2.29 at 9800, max 11 at 100] 8.1 5.2 3.4` */
function describeColumn({ name, summary, index }: ShownColumn, course: NumberCourse, points: number): string {
  const { first, last, notFinite } = summary;
  const extremes = [
    notFinite === null ? '' : `${notFinite.count} not finite from ${format(notFinite.firstAt)} on`,
    describeExtreme('min', summary.minimum, { summary, course }),
    describeExtreme('max', summary.maximum, { summary, course }),
  ].filter((part) => part !== '');
  const bracket = extremes.length === 0 ? '' : ` [${extremes.join(', ')}]`;
  const way = valuesBetween(course, index, points).map((value) => ` ${rounded(value)}`);
  return `${name}: ${format(first)} > ${format(last)}${bracket}${way.join('')}`;
}

/** Nothing where it is the first value, or the last and was not reached before. */
function describeExtreme(
  kind: 'min' | 'max',
  extreme: ColumnSummary['minimum'],
  { summary, course }: { summary: ColumnSummary; course: NumberCourse },
): string {
  if (extreme === null || extreme.value === summary.first) return '';
  const lastAt = course.indexColumn < 0 ? course.lastLine : columnSummary(course, course.indexColumn).last;
  if (extreme.value === summary.last && extreme.at === lastAt) return '';
  return `${kind} ${format(extreme.value)} at ${format(extreme.at)}`;
}

/** Rounded to four digits: they show the way, not the values. */
function rounded(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : format(value);
}

function format(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}
