import type { CrowdedWords } from './crowds.ts';
import { mostWords, type InspectedLine } from './inspect-line.ts';
import type { Severity } from './severity.ts';

export interface WordStore {
  keep(place: number, line: InspectedLine): void;
  at(place: number): CrowdedWords;
}

/** The words of every shape that is held, for the crowd that it may have to join. */
export function createWordStore(severity: Severity, places: number): WordStore {
  const words = new Int32Array(places * mostWords);
  const counts = new Uint8Array(places);
  return {
    keep(place, line) {
      for (let index = 0; index < line.wordCount; index += 1) words[place * mostWords + index] = line.words[index]!;
      counts[place] = line.wordCount;
    },
    at(place) {
      const wordCount = counts[place]!;
      return { severity, words, from: place * mostWords, wordCount };
    },
  };
}
