/**
 * A reply without what the model thought aloud before it: reasoning models put it between tags, or leave the first tag to
 * their template and write only the closing one. Thoughts that never end are all there is, so nothing is left.
 */
export function withoutThoughts(text: string): string {
  if (/^\s*<think>/.test(text)) return /^\s*<think>[\s\S]*?<\/think>\s*([\s\S]*)$/.exec(text)?.[1] ?? '';
  if (text.includes('<think>')) return text;
  return /^[\s\S]*?^.*<\/think>[ \t]*\n([\s\S]*)$/m.exec(text)?.[1] ?? text;
}
