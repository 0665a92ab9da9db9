import type { Fact, MetricFact, Statistic } from './fact.ts';

/**
 * What a generator knows of the log that it writes. Everything that takes a text returns it, so that it stands where it
 * is printed. A phrase has to be printed whenever it is given here and nowhere else, once a line.
 */
export interface Truth {
  exception(phrase: string): string;
  location(file: string, line: number): void;
  warning(phrase: string): string;
  /** A line that is neither error nor warning, whose number of repetitions is to be known. */
  repeated(phrase: string): string;
  needle(phrase: string): string;
  /** A value as it is printed: `nan`, `inf` and `-inf` too. Only what a terminal would still show in the end counts. */
  metric(name: string, text: string, options?: { series?: string; isColumn?: boolean }): string;
  facts(): Fact[];
}

interface Series extends Omit<MetricFact, 'class' | 'statistic' | 'value'> {
  first: number;
  last: number;
  minimum: number;
  maximum: number;
}

type PhraseClass = 'exception' | 'warning' | 'repeated' | 'needle';

/** From this number of repetitions on it is a fact of its own. */
export const countedFrom = 3;

export function createTruth(): Truth {
  const phrases = new Map<string, { class: PhraseClass; count: number }>();
  const locations = new Map<string, Fact>();
  const metrics = new Map<string, Series>();
  const note = (phraseClass: PhraseClass, phrase: string): string => {
    const known = phrases.get(phrase);
    if (known === undefined) phrases.set(phrase, { class: phraseClass, count: 1 });
    else known.count += 1;
    return phrase;
  };
  return {
    exception: (phrase) => note('exception', phrase),
    warning: (phrase) => note('warning', phrase),
    repeated: (phrase) => note('repeated', phrase),
    needle: (phrase) => note('needle', phrase),
    location: (file, line) => void locations.set(`${file}:${line}`, { class: 'location', file, line }),
    metric(name, text, { series = name, isColumn = false } = {}) {
      addValue(metrics, { name, series, isColumn }, readValue(text));
      return text;
    },
    facts: () => [...phraseFacts(phrases), ...locations.values(), ...[...metrics.values()].flatMap(metricFacts)],
  };
}

/** A number as training programs print it. Throws when it is none. */
export function readValue(text: string): number {
  const word = text.trim().toLowerCase();
  if (word === 'nan') return Number.NaN;
  if (word === 'inf' || word === '-inf') return word === 'inf' ? Infinity : -Infinity;
  const value = Number(word.replaceAll(',', ''));
  if (word === '' || Number.isNaN(value)) throw new Error(`${JSON.stringify(text)} is not a number.`);
  return value;
}

function addValue(
  metrics: Map<string, Series>,
  key: Pick<Series, 'name' | 'series' | 'isColumn'>,
  value: number,
): void {
  const known = metrics.get(key.series);
  if (known === undefined) {
    metrics.set(key.series, { ...key, first: value, last: value, minimum: value, maximum: value });
    return;
  }
  known.last = value;
  if (!(known.minimum <= value)) known.minimum = Number.isNaN(value) ? known.minimum : value;
  if (!(known.maximum >= value)) known.maximum = Number.isNaN(value) ? known.maximum : value;
}

function phraseFacts(phrases: Map<string, { class: PhraseClass; count: number }>): Fact[] {
  return [...phrases].flatMap(([phrase, { class: phraseClass, count }]): Fact[] => {
    const counted: Fact[] = count >= countedFrom ? [{ class: 'count', phrase, count }] : [];
    if (phraseClass === 'repeated') return counted;
    return phraseClass === 'needle' ? [{ class: 'needle', phrase }] : [{ class: phraseClass, phrase }, ...counted];
  });
}

/** A value that is several statistics at once is one fact. */
function metricFacts({ first, last, minimum, maximum, ...key }: Series): Fact[] {
  const facts: MetricFact[] = [];
  const values: [Statistic, number][] = [
    ['first', first],
    ['last', last],
    ['minimum', minimum],
    ['maximum', maximum],
  ];
  for (const [statistic, value] of values) {
    if (facts.some((fact) => Object.is(fact.value, value))) continue;
    facts.push({ class: 'metric', ...key, statistic, value });
  }
  return facts;
}
