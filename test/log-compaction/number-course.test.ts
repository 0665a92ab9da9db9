import assert from 'node:assert/strict';
import {
  addRow,
  columnSummary,
  createNumberCourse,
  valuesBetween,
  type NumberCourse,
} from '../../activities/log-compaction/number-course.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** A course of rows that are given as lists; the line of row 0 is number 1. */
function courseOf(rows: readonly number[][], indexColumn = -1): NumberCourse {
  const course = createNumberCourse(rows[0]?.length ?? 0, indexColumn);
  rows.forEach((row, index) => addRow(course, Float64Array.from(row), index + 1));
  return course;
}

const rowsOf = (count: number, row: (index: number) => number[]): number[][] =>
  Array.from({ length: count }, (_, index) => row(index));

describe('the course of a column', () => {
  it('has its first, last, least and greatest value, and where these were', () => {
    const course = courseOf([[3], [9], [-2], [5]]);
    assert.deepEqual(columnSummary(course, 0), {
      first: 3,
      last: 5,
      notFinite: null,
      minimum: {
        value: -2,
        at: 3,
      },
      maximum: {
        value: 9,
        at: 2,
      },
    });
  });

  it('tells places by the column of its index', () => {
    const course = courseOf(
      [
        [100, 3],
        [200, 9],
        [300, -2],
      ],
      0,
    );
    const { minimum, maximum } = columnSummary(course, 1);
    assert.deepEqual([minimum?.at, maximum?.at], [300, 200]);
  });

  it('tells the first place of an extreme that occurs again', () => {
    const { minimum, maximum } = columnSummary(courseOf([[5], [1], [9], [1], [9]]), 0);
    assert.deepEqual([minimum?.at, maximum?.at], [2, 3]);
  });

  it('counts NaN and infinities, and takes none of them for an extreme', () => {
    const course = courseOf([[2], [NaN], [Infinity], [1], [-Infinity]]);
    assert.deepEqual(columnSummary(course, 0), {
      first: 2,
      last: -Infinity,
      notFinite: {
        count: 3,
        firstAt: 2,
      },
      minimum: {
        value: 1,
        at: 4,
      },
      maximum: {
        value: 2,
        at: 1,
      },
    });
  });

  it('has no extremes where no value is finite', () => {
    const { first, minimum, maximum, notFinite } = columnSummary(courseOf([[NaN], [NaN]]), 0);
    assert.deepEqual([first, minimum, maximum, notFinite], [NaN, null, null, { count: 2, firstAt: 1 }]);
  });

  it('of one row has the same first and last value', () => {
    const course = courseOf([[7]]);
    assert.deepEqual([columnSummary(course, 0).first, columnSummary(course, 0).last], [7, 7]);
    assert.deepEqual(valuesBetween(course, 0, 16), []);
  });

  it('is what a plain look at all rows tells', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = seededRandom(seed);
      const values = rowsOf(1 + random.below(400), () => [
        random.pick([NaN, Infinity, 0, -1, random.below(1e6) / 7]),
      ]).flat();
      const finite = values.filter((value) => Number.isFinite(value));
      const { first, last, minimum, maximum, notFinite } = columnSummary(courseOf(values.map((each) => [each])), 0);
      assert.deepEqual(
        [first, last, minimum?.value, maximum?.value, notFinite?.count ?? 0],
        [
          values[0],
          values.at(-1),
          ...(finite.length === 0 ? [undefined, undefined] : [Math.min(...finite), Math.max(...finite)]),
          values.length - finite.length,
        ],
        `seed ${seed}`,
      );
    }
  });
});

/** Rather a few more than a course with gaps. */
function assertAbout(length: number, most: number): void {
  assert.ok(length >= most && length <= most + 4, `${length} of ${most}`);
}

describe('the values between the first and the last', () => {
  it('are all of them while they are few', () => {
    assert.deepEqual(valuesBetween(courseOf(rowsOf(12, (index) => [index])), 0, 16), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('are none of two rows', () => assert.deepEqual(valuesBetween(courseOf([[1], [2]]), 0, 16), []));

  it('are as many as are asked for where there are enough', () => {
    for (const count of [33, 65, 100, 1_000, 100_003])
      for (const most of [1, 6, 14])
        assertAbout(valuesBetween(courseOf(rowsOf(count, (index) => [index])), 0, most).length, most);
  });

  it('are in their order, without the first and the last row, and evenly spread', () => {
    for (const count of [18, 40, 65, 500, 4_097, 50_000]) {
      const values = valuesBetween(courseOf(rowsOf(count, (index) => [index])), 0, 14);
      const gaps = [0, ...values, count - 1].slice(1).map((value, index) => value - [0, ...values][index]!);
      assert.ok(Math.min(...gaps) > 0, `${count} rows: ${values.join(' ')}`);
      assert.ok(Math.max(...gaps) <= (4 * count) / 14 + 1, `${count} rows: ${values.join(' ')}`);
    }
  });

  it('are of the same rows for every column', () => {
    for (const count of [30, 77, 5_000]) {
      const course = courseOf(rowsOf(count, (index) => [index, 2 * index, -index]));
      const [one, two, three] = [0, 1, 2].map((column) => valuesBetween(course, column, 12));
      assert.deepEqual(
        one?.map((value) => [2 * value, -value]),
        two?.map((value, index) => [value, three?.[index]]),
      );
    }
  });

  it('take no more memory however many rows there are', () => {
    const bytes = [1_000, 10_000, 100_000].map((count) => {
      const { fields, points } = courseOf(rowsOf(count, (index) => [index, index]));
      return fields.byteLength + points.byteLength;
    });
    assert.deepEqual(new Set(bytes).size, 1);
    assert.ok(bytes[0]! < 2_000, `${bytes[0]} bytes`);
  });
});
