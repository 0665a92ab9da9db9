import { closeSync, openSync, readSync } from 'node:fs';

const chunkBytes = 1 << 20;
/** Of a longer line only the beginning is given, so that memory stays bounded. */
const longestLine = 1 << 20;

/** The lines of a file as a terminal shows them in the end: what follows a line's last carriage return. */
export function* visibleLines(file: string): Generator<string> {
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const decoder = new TextDecoder();
    let pending = '';
    for (let bytes = readSync(descriptor, chunk); bytes > 0; bytes = readSync(descriptor, chunk)) {
      const lines = decoder.decode(chunk.subarray(0, bytes), { stream: true }).split('\n');
      lines[0] = (pending + (lines[0] ?? '')).slice(0, longestLine);
      pending = lines.pop() ?? '';
      for (const line of lines) yield afterReturn(line);
    }
    if (pending !== '') yield afterReturn(pending);
  } finally {
    closeSync(descriptor);
  }
}

function afterReturn(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf('\r') + 1);
}
