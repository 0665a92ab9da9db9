import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DigestOptions } from './digest-descriptor.ts';

const program = fileURLToPath(new URL('./digest-program.ts', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
/**
 * What the compactor throws away is short-lived, and what it keeps is bounded: with V8's own sizes a third of the memory
 * would be garbage that nobody needed the room of.
 */
const nodeArguments = ['--max-semi-space-size=4', '--max-old-space-size=96', '--import', tsx];

/**
 * The digest of a log that is open for reading, made in a process of its own: the caller's event loop and memory are its
 * own while a gigabyte is read. `onProgress` is told now and then how many bytes have been read. Aborting the signal ends
 * the process. Throws if it fails.
 */
export async function digestInProcess(
  descriptor: number,
  options: DigestOptions,
  { signal, onProgress = () => {} }: { signal?: AbortSignal; onProgress?: (bytes: number) => void } = {},
): Promise<string> {
  const child = spawn(process.execPath, [...nodeArguments, program, JSON.stringify(options)], {
    stdio: [descriptor, 'pipe', 'pipe', 'pipe'],
    // None of the caller's secrets are needed.
    env: { PATH: process.env['PATH'] ?? '', TMPDIR: process.env['TMPDIR'] ?? '/tmp' },
    ...(signal === undefined ? {} : { signal, killSignal: 'SIGKILL' }),
  });
  const { stdout, stderr } = child;
  const progress = child.stdio[3];
  progress?.on('data', (lines: Buffer) => onProgress(Number(lines.toString().trim().split('\n').at(-1))));
  if (stdout === null || stderr === null) throw new Error('The process that digests the log has no pipes.');
  const ended = new Promise<string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, by) => resolve(code === 0 ? null : (by ?? `status ${code}`)));
  });
  const [digest, complaint, ending] = await Promise.all([text(stdout), text(stderr), ended]);
  if (ending !== null) throw new Error(`The process that digests the log ended with ${ending}: ${complaint.trim()}`);
  return digest;
}
