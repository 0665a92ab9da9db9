/** A text that cannot break the row of a Markdown table. */
export function tableCell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/[\r\n]+/g, ' ');
}
