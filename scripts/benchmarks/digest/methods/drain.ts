import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { managedPython } from '../../../../workers/managed-python/managed-python.ts';
import type { DigestBench } from '../bench.ts';
import { runMeasured, type MeasuredRun } from '../run-measured.ts';

const script = fileURLToPath(new URL('list_templates.py', import.meta.url));

/**
 * Drain3's lists of templates of all the files, each to be cut to its budget. uv installs the release from PyPI into its
 * cache; the first call takes seconds longer for that.
 */
export async function listTemplates(
  files: readonly string[],
  { folder, signal }: DigestBench,
): Promise<{ lists: string[]; run: MeasuredRun }> {
  const results = join(folder, 'templates');
  await mkdir(results, { recursive: true });
  const { uv } = managedPython();
  const run = await runMeasured(
    [uv, 'run', '--quiet', '--no-project', '--with', 'drain3==0.9.11', 'python', script, results, ...files],
    signal,
  );
  const lists = files.map(async (_, index) => await readFile(join(results, `${index}.txt`), 'utf8'));
  return { lists: await Promise.all(lists), run };
}
