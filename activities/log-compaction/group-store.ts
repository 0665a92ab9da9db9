import { createCrowds } from './crowds.ts';
import { createGroupPlaces } from './group-places.ts';
import { createLineInspector } from './inspect-line.ts';
import { longestSample, type Crowd, type LineGroup } from './line-group.ts';
import { tracebackOpening } from './open-traceback.ts';
import { createShapeFamilies } from './shape-families.ts';
import { createShapeIndex } from './shape-index.ts';
import type { ScannedLine } from './scan-line.ts';
import { severity } from './severity.ts';

/** A line of an unknown shape, and where it stands. */
export interface Encounter {
  line: ScannedLine;
  bytes: Buffer;
  lineNumber: number;
  before: LineGroup | null;
}

const longestHead = 400;

export interface GroupStore {
  find(line: ScannedLine): LineGroup | null;
  /** The group that a line of an unknown shape belongs to, still without it; null if a crowd has taken the line. */
  meet(encounter: Encounter): LineGroup | null;
  groups(): LineGroup[];
  crowds(): Crowd[];
}

/** Holds the shapes of lines. Its memory is bounded, and what has to make room is counted in a crowd. */
export function createGroupStore(): GroupStore {
  const index = createShapeIndex();
  const families = createShapeFamilies();
  const crowds = createCrowds();
  const inspector = createLineInspector();
  const places = createGroupPlaces((group, words) => {
    index.remove(group);
    group.isGone = true;
    crowds.add(words, group);
  });

  function meet(encounter: Encounter): LineGroup | null {
    const { line, bytes, lineNumber } = encounter;
    const { result } = inspector;
    inspector.inspect(bytes, line.start, line.end);
    const family = (Math.imul(result.family, 31) + line.numberCount * 8 + result.severity) | 0;
    const known = families.groupOf(family);
    if (known !== null) return known;
    const sample = bytes.toString('latin1', line.start, Math.min(line.end, line.start + longestSample));
    const opensTraceback = sample.includes(tracebackOpening);
    // It opens one even after a flood of errors: there is always room among the contract's few shapes.
    if (opensTraceback) result.severity = severity.contract;
    const place = places.find(result.severity);
    if (place < 0) {
      crowds.add(result, { sample, count: 1, firstLine: lineNumber, lastLine: lineNumber });
      return null;
    }
    const isFamily = families.add(family);
    const group = newGroup(encounter, { severity: result.severity, sample, isFamily, opensTraceback });
    places.put(group, place, result);
    if (isFamily) families.found(family, group);
    else index.add(group);
    return group;
  }

  return {
    find: (line) => index.find(line),
    meet,
    groups: () => places.all(),
    crowds: () => crowds.all(),
  };
}

/** Written out, since spreading makes it ten times as slow: there may be millions. */
function newGroup(
  { line, lineNumber, before }: Encounter,
  given: Pick<LineGroup, 'severity' | 'sample' | 'isFamily' | 'opensTraceback'>,
): LineGroup {
  return {
    hash: line.hash,
    check: line.check,
    severity: given.severity,
    sample: given.sample,
    cutBytes: line.end - line.start - given.sample.length,
    isFamily: given.isFamily,
    numberCount: line.numberCount,
    head: before !== null && before.numberCount === 0 ? before.sample.slice(0, longestHead) : '',
    opensTraceback: given.opensTraceback,
    count: 0,
    firstLine: lineNumber,
    lastLine: lineNumber,
    course: null,
    uncountedRows: 0,
    isGone: false,
    next: null,
  };
}
