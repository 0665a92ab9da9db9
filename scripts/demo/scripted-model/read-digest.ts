/** One logged step; values as the log writes them. */
export interface LoggedStep {
  step: string;
  values: Map<string, string>;
}

/** The digest of one process's log, as far as the harness's own lines go. */
export interface ExecutionDigest {
  /** `seed-0` */
  name: string;
  /** "completed with 6.57" */
  ending: string;
  /** The digest's account of what it left out, such as "16 similar lines folded"; null when nothing is missing. */
  omission: string | null;
  isEmpty: boolean;
  /** The steps that the digest shows. */
  steps: LoggedStep[];
  /** The values of the line `finished: ...`; empty without one. */
  finished: Map<string, string>;
  warnings: string[];
  text: string;
}

/** One part for each `## seed-0: ending`. */
export function readDigest(text: string): ExecutionDigest[] {
  return text
    .split(/^(?=## \S+: )/m)
    .filter((part) => part.startsWith('## '))
    .map(readExecution);
}

function readExecution(text: string): ExecutionDigest {
  const [, name = '', ending = ''] = /^## (\S+): (.*)$/m.exec(text) ?? [];
  const omission = /lines read; (.*)\.$/m.exec(text)?.[1] ?? null;
  const log = /^```\n([\s\S]*)^```$/m.exec(text)?.[1] ?? '';
  const lines = log.split('\n');
  return {
    name,
    ending,
    omission: omission === 'nothing left out' ? null : omission,
    isEmpty: log.trim() === '',
    steps: lines.flatMap(readStep),
    finished: readValues(lines.find((line) => line.startsWith('finished: ')) ?? ''),
    warnings: lines.filter((line) => /warning/i.test(line)),
    text: log,
  };
}

function readStep(line: string): LoggedStep[] {
  const [, step, rest = ''] = /^step (\d+): (.*)$/.exec(line) ?? [];
  return step === undefined ? [] : [{ step, values: readValues(rest) }];
}

function readValues(text: string): Map<string, string> {
  return new Map([...text.matchAll(/(\S+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]));
}
