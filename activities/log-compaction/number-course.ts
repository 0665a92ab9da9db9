/** Rather a few values more than a course with gaps. */
const spare = 4;
/** Points that are kept of a course, evenly over its rows. */
const mostPoints = 32;

const first = 0;
const last = 1;
const minimum = 2;
const maximum = 3;
const minimumAt = 4;
const maximumAt = 5;
const notFiniteCount = 6;
const notFiniteAt = 7;
const fieldCount = 8;

/** The numbers of all lines of one shape, column by column. Rows are added one by one; memory does not grow. */
export interface NumberCourse {
  readonly columns: number;
  rowCount: number;
  /** Of the newest row. */
  lastLine: number;
  readonly fields: Float64Array;
  /** The column that tells where a row stands: the step, the epoch; -1 for the line's number. */
  readonly indexColumn: number;
  /** Kept rows, each with its line number before its values. */
  points: Float64Array;
  pointCount: number;
  /** Rows from one kept row to the next. */
  stride: number;
}

/** What one column shows. Where something was is told by the row's index. NaN and infinities stand in no extreme. */
export interface ColumnSummary {
  first: number;
  last: number;
  /** Null if no value was finite. */
  minimum: { value: number; at: number } | null;
  maximum: { value: number; at: number } | null;
  notFinite: { count: number; firstAt: number } | null;
}

export function createNumberCourse(columns: number, indexColumn: number): NumberCourse {
  const fields = new Float64Array(columns * fieldCount);
  for (let offset = 0; offset < fields.length; offset += fieldCount) {
    fields[offset + minimum] = Infinity;
    fields[offset + maximum] = -Infinity;
  }
  const points = new Float64Array(4 * (columns + 1));
  return { columns, rowCount: 0, lastLine: 0, fields, indexColumn, points, pointCount: 0, stride: 1 };
}

/** Adds the first `columns` of `numbers`. */
export function addRow(course: NumberCourse, numbers: Float64Array, lineNumber: number): void {
  const { fields, columns, indexColumn } = course;
  const at = indexColumn < 0 ? lineNumber : numbers[indexColumn]!;
  for (let column = 0, offset = 0; column < columns; column += 1, offset += fieldCount) {
    const value = numbers[column]!;
    fields[offset + last] = value;
    if (value - value !== 0) {
      if (!(fields[offset + notFiniteCount]! > 0)) fields[offset + notFiniteAt] = at;
      fields[offset + notFiniteCount]! += 1;
    } else {
      if (value < fields[offset + minimum]!) {
        fields[offset + minimum] = value;
        fields[offset + minimumAt] = at;
      }
      if (value > fields[offset + maximum]!) {
        fields[offset + maximum] = value;
        fields[offset + maximumAt] = at;
      }
    }
    if (course.rowCount === 0) fields[offset + first] = value;
  }
  if (course.rowCount % course.stride === 0) keepPoint(course, numbers, lineNumber);
  course.rowCount += 1;
  course.lastLine = lineNumber;
}

export function columnSummary({ fields, rowCount }: NumberCourse, column: number): ColumnSummary {
  const field = (name: number): number => fields[column * fieldCount + name]!;
  const hasFinite = field(notFiniteCount) < rowCount;
  return {
    first: field(first),
    last: field(last),
    minimum: hasFinite ? { value: field(minimum), at: field(minimumAt) } : null,
    maximum: hasFinite ? { value: field(maximum), at: field(maximumAt) } : null,
    notFinite: field(notFiniteCount) > 0 ? { count: field(notFiniteCount), firstAt: field(notFiniteAt) } : null,
  };
}

/**
 * Several courses as one, as if their rows had come in the order of their lines. All have the same columns; what is at
 * an extreme is told by each course's own index.
 */
export function mergeCourses(courses: readonly NumberCourse[]): NumberCourse {
  const [earliest = createNumberCourse(0, -1)] = courses.toSorted((a, b) => firstPointLine(a) - firstPointLine(b));
  const latest = courses.reduce((newest, course) => (course.lastLine > newest.lastLine ? course : newest), earliest);
  const merged = createNumberCourse(earliest.columns, earliest.indexColumn);
  merged.rowCount = courses.reduce((sum, { rowCount }) => sum + rowCount, 0);
  merged.lastLine = latest.lastLine;
  for (let column = 0; column < merged.columns; column += 1) mergeColumn(merged, courses, column);
  for (let offset = 0; offset < merged.fields.length; offset += fieldCount) {
    merged.fields[offset + first] = earliest.fields[offset + first]!;
    merged.fields[offset + last] = latest.fields[offset + last]!;
  }
  const rows = courses.flatMap(keptRows).toSorted((a, b) => a[0]! - b[0]!);
  const step = Math.ceil(rows.length / mostPoints);
  const kept = rows.filter((_, index) => index % step === 0);
  merged.points = Float64Array.from(kept.flatMap((row) => [...row]));
  merged.pointCount = kept.length;
  merged.stride = Math.ceil(merged.rowCount / Math.max(1, kept.length));
  return merged;
}

function mergeColumn(merged: NumberCourse, courses: readonly NumberCourse[], column: number): void {
  const offset = column * fieldCount;
  const { fields } = merged;
  for (const course of courses) {
    const value = (field: number): number => course.fields[offset + field]!;
    if (value(minimum) < fields[offset + minimum]!) {
      fields[offset + minimum] = value(minimum);
      fields[offset + minimumAt] = value(minimumAt);
    }
    if (value(maximum) > fields[offset + maximum]!) {
      fields[offset + maximum] = value(maximum);
      fields[offset + maximumAt] = value(maximumAt);
    }
    if (!(fields[offset + notFiniteCount]! > 0)) fields[offset + notFiniteAt] = value(notFiniteAt);
    fields[offset + notFiniteCount]! += value(notFiniteCount);
  }
}

function firstPointLine({ points }: NumberCourse): number {
  return points[0] ?? Infinity;
}

function keptRows({ points, pointCount, columns }: NumberCourse): Float64Array[] {
  return Array.from({ length: pointCount }, (_, point) =>
    points.subarray(point * (columns + 1), (point + 1) * (columns + 1)),
  );
}

/**
 * About `most` of a column's values between the first and the last row, oldest first, evenly spread. The same rows for
 * every column.
 */
export function valuesBetween(course: NumberCourse, column: number, most: number): number[] {
  const { points, pointCount, columns, stride, rowCount } = course;
  const isLastKept = (pointCount - 1) * stride === rowCount - 1;
  const available = Math.max(0, pointCount - 1 - (isLastKept ? 1 : 0));
  const count = most > 0 && available <= most + spare ? available : Math.min(most, available);
  return Array.from({ length: count }, (_, index) => {
    const point = 1 + Math.round((index * (available - 1)) / Math.max(1, count - 1));
    return points[point * (columns + 1) + 1 + column]!;
  });
}

/** Kept rows double from four to the most; then every second one goes, and half as many new ones come. */
function keepPoint(course: NumberCourse, numbers: Float64Array, lineNumber: number): void {
  const width = course.columns + 1;
  if (course.pointCount === mostPoints) {
    halve(course);
    if (course.rowCount % course.stride !== 0) return;
  }
  if (course.points.length < (course.pointCount + 1) * width) {
    const larger = new Float64Array(Math.min(2 * course.pointCount, mostPoints) * width);
    larger.set(course.points);
    course.points = larger;
  }
  const offset = course.pointCount * width;
  course.points[offset] = lineNumber;
  for (let column = 0; column < course.columns; column += 1) course.points[offset + 1 + column] = numbers[column]!;
  course.pointCount += 1;
}

function halve(course: NumberCourse): void {
  const width = course.columns + 1;
  for (let point = 1; 2 * point < course.pointCount; point += 1) {
    course.points.copyWithin(point * width, 2 * point * width, (2 * point + 1) * width);
  }
  course.pointCount = Math.ceil(course.pointCount / 2);
  course.stride *= 2;
}
