import type { CrowdedWords } from './crowds.ts';
import type { InspectedLine } from './inspect-line.ts';
import type { LineGroup } from './line-group.ts';
import type { Severity } from './severity.ts';
import { createWordStore } from './word-store.ts';

/** Shapes of each severity. One beyond takes the place of a shape that was seen once, long ago. */
const mostGroups: Record<Severity, number> = { 0: 2500, 1: 500, 2: 500, 3: 500, 4: 500 };
/** The first plain shapes are the configuration, the model, the data: they stay. */
const pinnedGroups: Record<Severity, number> = { 0: 300, 1: 100, 2: 100, 3: 100, 4: 500 };
/** How many shapes are looked at in search of one that may go. */
const longestSearch = 16;

/** The bounded room that the shapes of each severity have. */
export interface GroupPlaces {
  /** Where a new shape may stand; -1 if every shape that was looked at must stay. */
  find(severity: Severity): number;
  /** `words`: those of its sample. */
  put(group: LineGroup, place: number, words: InspectedLine): void;
  all(): LineGroup[];
}

/** `giveUp` is told of each group that another takes the place of, and of its words. */
export function createGroupPlaces(giveUp: (group: LineGroup, words: CrowdedWords) => void): GroupPlaces {
  const lists: Record<Severity, LineGroup[]> = { 0: [], 1: [], 2: [], 3: [], 4: [] };
  const stores = ([0, 1, 2, 3, 4] as const).map((each) => createWordStore(each, mostGroups[each]));
  const hands = { ...pinnedGroups };
  return {
    find(severity) {
      const list = lists[severity];
      if (list.length < mostGroups[severity]) return list.length;
      for (let looked = 0; looked < longestSearch; looked += 1) {
        const place = hands[severity];
        hands[severity] = place + 1 < list.length ? place + 1 : pinnedGroups[severity];
        const group = list[place];
        if (group !== undefined && group.count === 1 && !group.isFamily) return place;
      }
      return -1;
    },
    put(group, place, words) {
      const list = lists[group.severity];
      const store = stores[group.severity]!;
      const before = list[place];
      if (before !== undefined) giveUp(before, store.at(place));
      list[place] = group;
      store.keep(place, words);
    },
    all: () => Object.values(lists).flat(),
  };
}
