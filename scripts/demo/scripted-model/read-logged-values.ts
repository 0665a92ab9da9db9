import type { DigestEntry } from './read-digest-entries.ts';

/** A metric at a step, in the digits of the digest. */
export interface LoggedValue {
  step: string;
  value: string;
  /** Not so for a value on the way, which a digest rounds to four digits, and its step as well. */
  isExact: boolean;
}

/** By the name of the metric, in the order of the steps. */
export type LoggedValues = ReadonlyMap<string, readonly LoggedValue[]>;

/** What the harness's lines `step 10: train_loss=2.25` say, one by one or as the course of many of them. */
export function readLoggedValues(entries: readonly DigestEntry[]): LoggedValues {
  const found = entries.flatMap((entry) => (entry.lines === 1 ? readLine(entry) : readCourse(entry)));
  const metrics = new Map<string, Map<string, LoggedValue>>();
  for (const { name, ...logged } of found) {
    const steps = metrics.get(name) ?? new Map<string, LoggedValue>();
    if (logged.isExact || !steps.has(logged.step)) steps.set(logged.step, logged);
    metrics.set(name, steps);
  }
  const inOrder = (steps: ReadonlyMap<string, LoggedValue>): LoggedValue[] =>
    [...steps.values()].toSorted((a, b) => Number(a.step) - Number(b.step));
  return new Map([...metrics].map(([name, steps]) => [name, inOrder(steps)]));
}

/** Pairs such as `val_error=6.25`. The last one is left out where the line was cut behind or within it. */
export function readValues(text: string): Map<string, string> {
  const whole = text.replace(/\S* \[\+\d+ (?:characters|bytes)\]$/, '');
  return new Map([...whole.matchAll(/(\S+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]));
}

interface NamedValue extends LoggedValue {
  name: string;
}

function stepOf(text: string): string | null {
  return /^step (\d+): /.exec(text)?.[1] ?? null;
}

function readLine({ text }: DigestEntry): NamedValue[] {
  const step = stepOf(text);
  if (step === null) return [];
  return [...readValues(text)].map(([name, value]) => ({ name, step, value, isExact: true }));
}

function readCourse({ text, details }: DigestEntry): NamedValue[] {
  const firstStep = stepOf(text);
  if (firstStep === null) return [];
  const columns = details.flatMap(readColumn);
  const steps = columns.find(({ name }) => name === 'step') ?? null;
  const metrics = columns.filter((column) => column !== steps);
  const names = new Set(metrics.map(({ name }) => name));
  const written = readValues(text);
  const constant = [...written, ...details.flatMap(readConstants)].filter(([name]) => !names.has(name));
  const ends = steps === null ? [firstStep] : [firstStep, steps.last];
  return [
    ...metrics.flatMap((column) => valuesOf(column, steps, written)),
    ...constant.flatMap(([name, value]) => ends.map((step) => ({ name, step, value, isExact: true }))),
  ];
}

/** `val_error: 13.1 > 6.57 [1 not finite from 99 on, min 6.43 at 180] 9.57 8.71`: the digest's account of one number. */
interface Column {
  name: string;
  first: string;
  last: string;
  between: string[];
  /** The least and the greatest, where they are neither first nor last, and the first that is not finite. */
  notable: { step: string; value: string }[];
}

function readColumn(line: string): Column[] {
  const form = /^(.+?): (\S+) > (\S+)(?: \[([^\]]*)\])?((?: \S+)*)$/;
  const [, name, first, last, bracket = '', between = ''] = form.exec(line) ?? [];
  if (name === undefined || first === undefined || last === undefined) return [];
  const extremes = [...bracket.matchAll(/(?:min|max) (\S+) at ([^\s,]+)/g)];
  const notFinite = [...bracket.matchAll(/\d+ not finite from (\S+) on/g)];
  const notable = [
    ...extremes.map(([, value = '', step = '']) => ({ step, value })),
    ...notFinite.map(([, step = '']) => ({ step, value: 'nan' })),
  ];
  return [{ name, first, last, notable, between: between.split(' ').filter((value) => value !== '') }];
}

/** `constant: lr_error 0.5, top_acc 1` */
function readConstants(line: string): [name: string, value: string][] {
  if (!line.startsWith('constant: ')) return [];
  const pairs = line.slice('constant: '.length).split(', ');
  return pairs.flatMap((pair) => {
    const [, name, value] = /^(.+) (\S+)$/.exec(pair) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] satisfies [string, string]];
  });
}

/** Where a digest has no room for the steps, only what has a step of its own is read. */
function valuesOf(column: Column, steps: Column | null, written: ReadonlyMap<string, string>): NamedValue[] {
  const { name, last, between, notable } = column;
  const ends =
    steps === null
      ? []
      : [
          { step: steps.first, value: firstOf(column, written) },
          { step: steps.last, value: last },
        ];
  const rows = steps?.between.length === between.length ? steps.between : [];
  return [
    ...rows.map((step, index) => ({ name, step, value: between[index] ?? '', isExact: false })),
    ...[...notable, ...ends].map((shown) => ({ ...shown, name, isExact: true })),
  ];
}

/** As the log writes it: `2.0`, where the digest's number is 2. */
function firstOf({ name, first }: Column, written: ReadonlyMap<string, string>): string {
  const value = written.get(name) ?? first;
  return Number(value) === Number(first) ? value : first;
}
