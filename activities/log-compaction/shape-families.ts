import type { LineGroup } from './line-group.ts';

/** So many shapes that differ only in digits within words are kept apart: layers, classes, ranks. */
const mostSiblings = 32;
const familySlots = 65_536;

export interface ShapeFamilies {
  groupOf(family: number): LineGroup | null;
  /** Counts one more shape of the family. Returns whether the family has become too large for shapes of their own. */
  add(family: number): boolean;
  found(family: number, group: LineGroup): void;
}

/** Counts the shapes of each family, in a table in which a new family may displace an old one. */
export function createShapeFamilies(): ShapeFamilies {
  const keys = new Int32Array(familySlots);
  const members = new Uint8Array(familySlots);
  const groups = new Map<number, LineGroup>();
  return {
    groupOf: (family) => groups.get(family) ?? null,
    add(family) {
      const slot = (family ^ (family >>> 16)) & (familySlots - 1);
      if (keys[slot] !== family) members[slot] = 0;
      keys[slot] = family;
      members[slot] = Math.min(members[slot]! + 1, mostSiblings + 1);
      return members[slot] > mostSiblings;
    },
    found: (family, group) => void groups.set(family, group),
  };
}
