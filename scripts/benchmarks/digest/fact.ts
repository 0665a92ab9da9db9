export const factClasses = ['exception', 'location', 'warning', 'count', 'metric', 'needle'] as const;

export type FactClass = (typeof factClasses)[number];

export type Statistic = 'first' | 'last' | 'minimum' | 'maximum';

/** Something that a reader of the log has to learn from its digest. */
export type Fact =
  /** Type and message of an exception; a warning's text; or a line that comes once or twice and matters. */
  | { class: 'exception' | 'warning' | 'needle'; phrase: string }
  /** The innermost frame of a traceback that is not a library's. */
  | { class: 'location'; file: string; line: number }
  /** How many lines have this phrase. */
  | { class: 'count'; phrase: string; count: number }
  | MetricFact;

export interface MetricFact {
  class: 'metric';
  /** As the log prints it. */
  name: string;
  /** Tells series apart that are printed under the same name, such as the loss in training and in validation. */
  series: string;
  statistic: Statistic;
  /** Can be NaN or infinite. */
  value: number;
  /** The name is the head of a column, so it is on a line above the value. */
  isColumn: boolean;
}

/** For a person who looks for what was lost. */
export function describeFact(fact: Fact): string {
  switch (fact.class) {
    case 'location':
      return `location: ${fact.file}:${fact.line}`;
    case 'count':
      return `count: ${fact.count} times ${JSON.stringify(fact.phrase)}`;
    case 'metric':
      return `metric: ${fact.series}, ${fact.statistic} ${fact.value}`;
    case 'exception':
    case 'warning':
    case 'needle':
      return `${fact.class}: ${JSON.stringify(fact.phrase)}`;
  }
}
