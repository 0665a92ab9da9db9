/** "1 seed", "3 seeds" */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}

/** "a", "a and b", "a, b and c" */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

const mostItems = 5;

/** The first of many items, with how many more there are. */
export function limited(items: readonly string[]): string[] {
  const rest = items.length - mostItems;
  return rest <= 0 ? [...items] : [...items.slice(0, mostItems), `and the same for ${rest} more`];
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** For a sentence of ours that goes on inside of another one. */
export function uncapitalized(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export function withoutFullStop(text: string): string {
  return text.trim().replace(/\.$/, '');
}

/** Markdown that ends with the fenced JSON block which several prompts ask for. */
export function withJson(paragraphs: readonly string[], value: unknown): string {
  return `${joined(paragraphs)}\n\n\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

/** Paragraphs with a blank line between them; empty ones fall out. */
export function joined(paragraphs: readonly string[]): string {
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}

/** As much of a text as a field of a reply may hold. */
export function shortened(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1).trimEnd()}…`;
}

/** A number as measurements are written elsewhere: four significant digits. */
export function fourDigits(value: number): string {
  return value.toPrecision(4);
}
