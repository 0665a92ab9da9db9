import { open, type FileHandle } from 'node:fs/promises';
import { digestInProcess } from '../../activities/log-compaction/digest-in-process.ts';
import { printJson } from '../print.ts';
import { UserError } from '../user-error.ts';

export const fewestDigestTokens = 500;
export const standardDigestTokens = 8_000;
/** Smaller logs take less than a second. */
const fewestShownBytes = 256 * 1024 * 1024;

/** The digest of any log, without a server. `-` is standard input. */
export async function digest(file: string, options: { tokens?: number; json?: boolean }): Promise<number> {
  const { tokens = standardDigestTokens, json = false } = options;
  checkDigestTokens(tokens);
  const handle = file === '-' ? null : await openLog(file);
  try {
    const onProgress = await progressView(handle);
    const text = await digestInProcess(handle?.fd ?? process.stdin.fd, { tokens }, { onProgress });
    onProgress(null);
    if (json) printJson({ file, tokens, digest: text });
    else process.stdout.write(text);
    return 0;
  } finally {
    await handle?.close();
  }
}

/** Shows on a terminal how far the reading of a large file is; with null it takes that away. */
async function progressView(file: FileHandle | null): Promise<(bytes: number | null) => void> {
  const size = file === null ? 0 : (await file.stat()).size;
  if (!process.stderr.isTTY || size < fewestShownBytes) return () => {};
  return (bytes) => {
    const text = bytes === null ? '' : `digesting: ${Math.round((bytes / size) * 100)} %`;
    process.stderr.write(`\r\x1b[K${text}`);
  };
}

export function checkDigestTokens(tokens: number): void {
  if (Number.isInteger(tokens) && tokens >= fewestDigestTokens) return;
  throw new UserError(`--tokens must be a whole number of at least ${fewestDigestTokens}.`, 2);
}

async function openLog(file: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    throw new UserError(`The log cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (!(await handle.stat()).isDirectory()) return handle;
  await handle.close();
  throw new UserError(`${file} is a folder: name a log file.`);
}
