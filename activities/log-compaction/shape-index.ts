import type { LineGroup } from './line-group.ts';
import type { ScannedLine } from './scan-line.ts';

export interface ShapeIndex {
  find(line: ScannedLine): LineGroup | null;
  add(group: LineGroup): void;
  remove(group: LineGroup): void;
}

/** Groups by the hash of their shape; those whose first half is the same hang one behind the other. */
export function createShapeIndex(): ShapeIndex {
  const byHash = new Map<number, LineGroup>();

  function find({ hash, check }: ScannedLine): LineGroup | null {
    let group = byHash.get(hash) ?? null;
    while (group !== null && group.check !== check) group = group.next;
    return group;
  }

  function add(group: LineGroup): void {
    group.next = byHash.get(group.hash) ?? null;
    byHash.set(group.hash, group);
  }

  function remove(group: LineGroup): void {
    const first = byHash.get(group.hash) ?? null;
    for (let each = first; each !== null; each = each.next) if (each.next === group) each.next = group.next;
    if (first !== group) return;
    if (group.next === null) byHash.delete(group.hash);
    else byHash.set(group.hash, group.next);
  }

  return { find, add, remove };
}
