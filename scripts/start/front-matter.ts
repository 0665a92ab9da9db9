export interface SplitIdea {
  /** YAML; null where the file begins with the idea itself. */
  frontMatter: string | null;
  idea: string;
}

/**
 * Parts the settings at the head of an idea's file, between two lines of `---`, from the idea. Null for a file whose
 * front matter has no end: it would be taken for a part of the idea, and its settings for nothing.
 */
export function splitFrontMatter(text: string): SplitIdea | null {
  const content = text.replace(/^\uFEFF/, '');
  if (!/^---[ \t]*\r?\n/.test(content)) return { frontMatter: null, idea: content };
  const match = /^---[ \t]*\r?\n(?:([\s\S]*?)\r?\n)?---[ \t]*(?:\r?\n([\s\S]*))?$/.exec(content);
  return match === null ? null : { frontMatter: match[1] ?? '', idea: match[2] ?? '' };
}
