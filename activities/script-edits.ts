/** A part of a script that is to be replaced. */
export interface ScriptEdit {
  search: string;
  replace: string;
}

export type EditedScript = { kind: 'edited'; script: string } | { kind: 'inapplicable'; problem: string };

const openMark = /^<{5,9} ?SEARCH\s*$/;
const middleMark = /^={5,9}\s*$/;
const closeMark = /^>{5,9} ?REPLACE\s*$/;

export type ParsedEdits = { kind: 'edits'; edits: ScriptEdit[] } | { kind: 'malformed'; problem: string };

/** The search/replace blocks of a reply, in order: all of them or none, since half of the edits may compile as well. */
export function parseEdits(reply: string): ParsedEdits {
  const blocks = splitBlocks(reply.replaceAll('\r\n', '\n').split('\n'));
  const edits = blocks.map(readBlock);
  const wrong = edits.indexOf(null);
  if (wrong !== -1) return { kind: 'malformed', problem: `edit ${wrong + 1} is not SEARCH, =======, REPLACE` };
  return { kind: 'edits', edits: edits.filter((edit) => edit !== null) };
}

/** Each from its opening mark to its closing one, to the next opening one, or to the end. */
function splitBlocks(lines: string[]): string[][] {
  const blocks: string[][] = [];
  let isOpen = false;
  for (const line of lines) {
    if (openMark.test(line)) {
      blocks.push([]);
      isOpen = true;
    } else if (isOpen) {
      blocks.at(-1)?.push(line);
      isOpen = !closeMark.test(line);
    }
  }
  return blocks;
}

/** Null where a mark is missing, or where a line like the middle one makes it unclear which is meant. */
function readBlock(block: string[]): ScriptEdit | null {
  const middles = block.flatMap((line, index) => (middleMark.test(line) ? [index] : []));
  const [middle] = middles;
  if (middle === undefined || middles.length > 1 || !closeMark.test(block.at(-1) ?? '')) return null;
  return { search: block.slice(0, middle).join('\n'), replace: block.slice(middle + 1, -1).join('\n') };
}

/** Each edit must name exactly one place: applying it to the wrong one would be a bug that compiles. */
export function applyEdits(script: string, edits: readonly ScriptEdit[]): EditedScript {
  let edited = script;
  for (const [index, { search, replace }] of edits.entries()) {
    const places = placesOf(edited, search);
    const [place] = places;
    if (place === undefined || places.length > 1) {
      const found = places.length === 0 ? 'is not in the script' : `is in the script ${places.length} times`;
      const excerpt = search.split('\n')[0]?.slice(0, 80) ?? '';
      return { kind: 'inapplicable', problem: `the SEARCH text of edit ${index + 1} ("${excerpt}...") ${found}` };
    }
    edited = edited.slice(0, place) + replace + edited.slice(place + search.length);
  }
  return { kind: 'edited', script: edited };
}

/** Only whole lines count: `x = 1` is not in `max = 10`. */
function placesOf(script: string, search: string): number[] {
  if (search.trim() === '') return [];
  const places: number[] = [];
  for (let from = script.indexOf(search); from !== -1; from = script.indexOf(search, from + 1)) {
    const after = script[from + search.length];
    const isWhole = (from === 0 || script[from - 1] === '\n') && (after === undefined || after === '\n');
    if (isWhole) places.push(from);
  }
  return places;
}
