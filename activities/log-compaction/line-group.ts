import type { NumberCourse } from './number-course.ts';
import type { Severity } from './severity.ts';

/** Bytes that are kept of the first line of each shape. */
export const longestSample = 2048;

/** All lines of one shape. */
export interface LineGroup {
  readonly hash: number;
  readonly check: number;
  readonly severity: Severity;
  /** The first of them: its bytes as Latin 1, as a terminal would show it, colours and all. */
  readonly sample: string;
  /** Bytes of the first one that are not in the sample. */
  readonly cutBytes: number;
  /** Whether its lines differ in digits within words, too: one shape for a large family of them. */
  readonly isFamily: boolean;
  readonly numberCount: number;
  /** The line that stood before the first one, where it may be a table's head. */
  readonly head: string;
  readonly opensTraceback: boolean;
  count: number;
  firstLine: number;
  lastLine: number;
  /** From the second line on. */
  course: NumberCourse | null;
  /** Lines whose numbers are not in the course: there were more or fewer of them, or no room for a course. */
  uncountedRows: number;
  /** Whether it has made room for another shape: lines must not be counted here any more. */
  isGone: boolean;
  /** Another shape with this hash. */
  next: LineGroup | null;
}

/** Shapes that had to be given up, put together by their words: a template in which words vary. */
export interface Crowd {
  readonly severity: Severity;
  /** The first of its lines, as Latin 1. */
  readonly sample: string;
  lastSample: string;
  /** A hash for each word that is the same in all lines, 0 for one that varies. Empty where everything varies. */
  readonly words: Int32Array;
  count: number;
  firstLine: number;
  lastLine: number;
}
