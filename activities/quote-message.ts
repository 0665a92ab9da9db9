import { describeMessage, oneLine, type PersonMessage } from '../workflows/domain/person-message.ts';

/**
 * What somebody said as an item of a Markdown list, feedback word for word. Whatever it says, it stays a quotation: no
 * line of it can become a heading of the document.
 */
export function quoteMessage(message: PersonMessage): string {
  const line = `- ${oneLine(describeMessage(message))}`;
  return message.kind === 'feedback' ? `${line}\n\n${quote(message.text)}\n` : line;
}

/** To Markdown a carriage return ends a line, too. */
function quote(text: string): string {
  return `  > ${text.replace(/\r\n|\n|\r/g, (end) => `${end}  > `)}`;
}
