import { createGroupStore } from './group-store.ts';
import { indexColumn } from './column-names.ts';
import type { Crowd, LineGroup } from './line-group.ts';
import type { ScannedLine } from './scan-line.ts';
import { addRow, createNumberCourse, type NumberCourse } from './number-course.ts';
import { readSample } from './sample-numbers.ts';

const cacheSize = 4096;
/** Columns of all courses together: each takes about 300 bytes once it is full. */
const mostColumns = 40_000;

export interface LineGroups {
  /** Returns the line's group; null if its shape had no room for one. */
  add(line: ScannedLine, bytes: Buffer, lineNumber: number): LineGroup | null;
  groups(): LineGroup[];
  crowds(): Crowd[];
}

/** Sorts lines by their shape and follows their numbers, in memory that does not grow with the log. */
export function createLineGroups(): LineGroups {
  const store = createGroupStore();
  const cache: (LineGroup | null)[] = Array.from({ length: cacheSize }, () => null);
  let columns = 0;
  let before: LineGroup | null = null;

  function add(line: ScannedLine, bytes: Buffer, lineNumber: number): LineGroup | null {
    const place = line.hash & (cacheSize - 1);
    const cached = cache[place]!;
    let group: LineGroup | null = cached;
    if (cached === null || cached.hash !== line.hash || cached.check !== line.check || cached.isGone) {
      group = store.find(line) ?? store.meet({ line, bytes, lineNumber, before });
      cache[place] = group;
    }
    if (group !== null) count(group, line, lineNumber);
    before = group;
    return group;
  }

  function count(group: LineGroup, line: ScannedLine, lineNumber: number): void {
    group.count += 1;
    group.lastLine = lineNumber;
    if (line.numberCount === 0 || group.count === 1) return;
    group.course ??= openCourse(group);
    if (group.course !== null && group.course.columns === line.numberCount) {
      addRow(group.course, line.numbers, lineNumber);
    } else {
      group.uncountedRows += 1;
    }
  }

  /** At the second line of a shape; the first one's numbers are read again. Null if there is no room. */
  function openCourse(group: LineGroup): NumberCourse | null {
    const { numbers } = readSample(group.sample);
    if (numbers.length !== group.numberCount || columns + group.numberCount > mostColumns) return null;
    columns += group.numberCount;
    const course = createNumberCourse(group.numberCount, indexColumn(group));
    addRow(course, numbers, group.firstLine);
    return course;
  }

  return { add, groups: () => store.groups(), crowds: () => store.crowds() };
}
