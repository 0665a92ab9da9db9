/** A part of a script that is to be replaced. */
export interface ScriptEdit {
  search: string;
  replace: string;
}

export type EditedScript = { kind: 'edited'; script: string } | { kind: 'inapplicable'; problem: string };

const openMark = /^<{5,9} ?SEARCH\s*$/;
const middleMark = /^={5,9}\s*$/;
const closeMark = /^>{5,9} ?REPLACE\s*$/;

/** The search/replace blocks of a reply, in order; none where there is not a single whole one. */
export function parseEdits(reply: string): ScriptEdit[] {
  const edits: ScriptEdit[] = [];
  let part: 'outside' | 'search' | 'replace' = 'outside';
  let search: string[] = [];
  let replace: string[] = [];
  for (const line of reply.replaceAll('\r\n', '\n').split('\n')) {
    if (openMark.test(line)) {
      part = 'search';
      search = [];
      replace = [];
    } else if (part === 'search' && middleMark.test(line)) {
      part = 'replace';
    } else if (part === 'replace' && closeMark.test(line)) {
      edits.push({ search: search.join('\n'), replace: replace.join('\n') });
      part = 'outside';
    } else if (part === 'search') {
      search.push(line);
    } else if (part === 'replace') {
      replace.push(line);
    }
  }
  return edits;
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
