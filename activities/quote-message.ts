import { describeMessage, oneLine, type PersonMessage } from '../workflows/domain/person-message.ts';

/**
 * What somebody said as an item of a Markdown list, feedback word for word. Whatever it says, it stays a quotation: no
 * line of it can become a heading of the document.
 */
export function quoteMessage(message: PersonMessage): string {
  const line = `- ${inert(oneLine(describeMessage(message)))}`;
  return message.kind === 'feedback' ? `${line}\n\n${quote(printable(message.text))}\n` : line;
}

/** A name or a reason is text: it brings no picture and no HTML into the document. */
function inert(line: string): string {
  return printable(line).replaceAll('<', '&lt;').replaceAll('![', '!\\[');
}

/** Control characters, and marks that turn the direction of writing, would reach the terminal of whoever reads it. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\r\t]|[\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** To Markdown a carriage return ends a line, too. */
function quote(text: string): string {
  return `  > ${text.replace(/\r\n|\n|\r/g, (end) => `${end}  > `)}`;
}
