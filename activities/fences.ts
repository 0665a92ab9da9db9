import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt();

interface Fence {
  info: string;
  content: string;
  /** The line on which it opens. */
  from: number;
  isClosed: boolean;
}

export function fencesOf(reply: string): { lines: string[]; fences: Fence[] } {
  const text = reply.replaceAll('\r\n', '\n');
  const lines = text.split('\n');
  const fences = markdown.parse(text, {}).flatMap((token) => {
    if (token.type !== 'fence' || token.map === null) return [];
    const [from, to] = token.map;
    const lastLine = lines[to - 1]?.trim() ?? '';
    const isClosed =
      to - 1 > from && lastLine.startsWith(token.markup) && lastLine === lastLine.charAt(0).repeat(lastLine.length);
    return [{ info: token.info.trim().toLowerCase(), content: token.content, from, isClosed }];
  });
  return { lines, fences };
}
