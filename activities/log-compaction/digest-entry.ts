/** Where in the digest an entry stands. */
export type Section = 'whole' | 'contract' | 'errors' | 'messages' | 'numbers' | 'lines' | 'tail';

/** By what an entry has its share of the budget, and as what it is counted where it is left out. */
export type EntryKind =
  | 'contract'
  | 'traceback'
  | 'error'
  | 'warning'
  /** Numbers that change, a metric among them. */
  | 'measure'
  | 'course'
  | 'notable'
  /** Plain lines that occur again and again. */
  | 'frequent'
  | 'plain'
  /** Lines that had no room for a shape of their own. */
  | 'varied'
  | 'tail';

/** One thing that the digest may tell, in texts of growing detail. */
export interface DigestEntry {
  section: Section;
  kind: EntryKind;
  /** Lines of the log that it stands for. */
  lines: number;
  firstLine: number;
  /** Among entries of its kind: larger comes first. */
  weight: number;
  /** At least one; each replaces the one before. */
  levels: string[];
  /** How many of the lines' numbers that change each level does not show. */
  hiddenNumbers?: number[];
}
