/**
 * A reply without what the model thought aloud before it: reasoning models put it between tags, or leave the first tag to
 * their template and write only the closing one. Thoughts that never end are all there is, so nothing is left. A tag
 * within code, after a fence that is still open, is none.
 */
export function withoutThoughts(text: string): string {
  const isOpened = /^\s*<think>/.test(text);
  const end = isOpened ? /<\/think>\s*/.exec(text) : /<\/think>[ \t]*\n\s*/.exec(text);
  if (end === null) return isOpened ? '' : text;
  const before = text.slice(0, end.index);
  if (!isOpened && (before.includes('<think>') || isFenceOpen(before))) return text;
  return text.slice(end.index + end[0].length);
}

function isFenceOpen(text: string): boolean {
  const marks = text.match(/^(?:```|~~~)/gm) ?? [];
  return marks.length % 2 === 1;
}
