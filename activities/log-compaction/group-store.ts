import { createCrowds } from './crowds.ts';
import { createLineInspector } from './inspect-line.ts';
import { longestSample, type Crowd, type LineGroup } from './line-group.ts';
import { tracebackOpening } from './open-traceback.ts';
import { createShapeFamilies } from './shape-families.ts';
import { createShapeIndex } from './shape-index.ts';
import type { ScannedLine } from './scan-line.ts';
import { severity, type Severity } from './severity.ts';
import { createWordStore } from './word-store.ts';

/** Shapes of each severity. One beyond takes the place of a shape that was seen once, long ago. */
const mostGroups: Record<Severity, number> = { 0: 2500, 1: 500, 2: 500, 3: 500, 4: 500 };
/** The first plain shapes are the configuration, the model, the data: they stay. */
const pinnedGroups: Record<Severity, number> = { 0: 300, 1: 100, 2: 100, 3: 100, 4: 500 };
/** How many shapes are looked at in search of one that may go. */
const longestSearch = 16;

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
  const lists: Record<Severity, LineGroup[]> = { 0: [], 1: [], 2: [], 3: [], 4: [] };
  const hands = { ...pinnedGroups };
  const families = createShapeFamilies();
  const crowds = createCrowds();
  const inspector = createLineInspector();
  const words = ([0, 1, 2, 3, 4] as const).map((each) => createWordStore(each, mostGroups[each]));

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
    const place = placeFor(result.severity);
    if (place < 0) {
      crowds.add(result, { sample, count: 1, firstLine: lineNumber, lastLine: lineNumber });
      return null;
    }
    const isFamily = families.add(family);
    const group = newGroup(encounter, { severity: result.severity, sample, isFamily, opensTraceback });
    giveUp(lists[group.severity][place], place);
    lists[group.severity][place] = group;
    words[group.severity]?.keep(place, result);
    if (isFamily) families.found(family, group);
    else index.add(group);
    return group;
  }

  /** Where a new shape may stand; -1 if every shape that was looked at must stay. */
  function placeFor(severity: Severity): number {
    const list = lists[severity];
    if (list.length < mostGroups[severity]) return list.length;
    for (let looked = 0; looked < longestSearch; looked += 1) {
      const place = hands[severity];
      hands[severity] = place + 1 < list.length ? place + 1 : pinnedGroups[severity];
      const group = list[place];
      if (group !== undefined && group.count === 1 && !group.isFamily) return place;
    }
    return -1;
  }

  function giveUp(group: LineGroup | undefined, place: number): void {
    if (group === undefined) return;
    index.remove(group);
    group.isGone = true;
    const store = words[group.severity];
    if (store !== undefined) crowds.add(store.at(place), group);
  }

  return {
    find: (line) => index.find(line),
    meet,
    groups: () => Object.values(lists).flat(),
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
