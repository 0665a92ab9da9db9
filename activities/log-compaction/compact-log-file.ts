import { open } from 'node:fs/promises';
import { compactLines, type CompactedLines } from './compact-lines.ts';

const partBytes = 4 * 1024 * 1024;
const digestCharacters = 16_000;

/**
 * The digest of a log file: runs of lines that differ only in their numbers are folded, and what does not fit is
 * counted in the header. Reads at most the first and the last 4 MB, whatever the size; it does not fold blocks of
 * several lines, nor tell interleaved processes apart.
 */
export async function compactLogFile(file: string): Promise<string> {
  const { text, bytes, skippedBytes } = await readEnds(file);
  const compacted = compactLines(text, digestCharacters);
  const fence = fenceFor(compacted.text);
  return `${header(compacted, bytes, skippedBytes)}\n\n${fence}\n${compacted.text}\n${fence}\n`;
}

/** Longer than any run of backticks in the log, so that no log can end its own section. */
function fenceFor(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length + 1);
  return '`'.repeat(Math.max(3, ...runs));
}

interface Ends {
  text: string;
  bytes: number;
  skippedBytes: number;
}

async function readEnds(file: string): Promise<Ends> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const part = async (position: number, length: number): Promise<string> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.toString('utf8', 0, bytesRead);
    };
    if (size <= 2 * partBytes) return { text: await part(0, size), bytes: size, skippedBytes: 0 };
    const skippedBytes = size - 2 * partBytes;
    const gap = `\n[${skippedBytes} bytes in the middle were not read]\n`;
    return {
      text: (await part(0, partBytes)) + gap + (await part(size - partBytes, partBytes)),
      bytes: size,
      skippedBytes,
    };
  } finally {
    await handle.close();
  }
}

function header({ lines, foldedLines, omittedLines }: CompactedLines, bytes: number, skippedBytes: number): string {
  if (bytes === 0) return 'The log is empty: the script printed nothing.';
  const omissions = [
    foldedLines > 0 ? `${foldedLines} similar lines folded` : '',
    omittedLines > 0 ? `${omittedLines} lines left out in the middle` : '',
    skippedBytes > 0 ? `${skippedBytes} bytes not read` : '',
  ].filter((omission) => omission !== '');
  return `Log of ${bytes} bytes, ${lines} lines read; ${omissions.length > 0 ? omissions.join(', ') : 'nothing left out'}.`;
}
