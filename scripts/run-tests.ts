import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { managedPython } from '../workers/managed-python/managed-python.ts';

/** What a test runner came to. */
interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

interface Suite {
  name: string;
  command: string;
  arguments: string[];
  tally: (output: string, status: number) => Tally;
}

/** One group after another; what is in a group runs side by side. Most of a Python test is waiting for a process. */
const groups: Suite[][] = [
  [{ name: 'checks', command: 'npm', arguments: ['run', '--silent', 'check'], tally: tallyCheck }],
  ['test_[a-r]*.py', 'test_s*.py', 'test_[t-z]*.py'].map(pythonTests),
  [
    {
      name: 'TypeScript tests',
      command: 'npx',
      arguments: ['mocha', '--parallel', '--jobs', '3', 'test/**/*.test.ts'],
      tally: tallyMocha,
    },
  ],
];

function pythonTests(files: string): Suite {
  return {
    name: `Python tests, ${files}`,
    command: managedPython().python,
    arguments: ['-m', 'unittest', 'discover', '-s', 'test/python', '-p', files],
    tally: tallyUnittest,
  };
}

/** Runs every check and test, and ends with `N passed, N failed`. Status 1 when something failed. */
async function main(): Promise<number> {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const group of groups) {
    process.stdout.write(`\n── ${group.map(({ name }) => name).join('; ')}\n`);
    const tallies = await Promise.all(group.map(run));
    for (const { passed, failed, skipped } of tallies) {
      total.passed += passed;
      total.failed += failed;
      total.skipped += skipped;
    }
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
  return total.failed > 0 ? 1 : 0;
}

/** Shows the output while it comes, and counts in it. */
async function run(suite: Suite): Promise<Tally> {
  const child = spawn(suite.command, suite.arguments, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  let output = '';
  for (const [from, to] of [[child.stdout, process.stdout] as const, [child.stderr, process.stderr] as const]) {
    from.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      to.write(chunk);
    });
  }
  const status = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  return suite.tally(output, status);
}

/** Formatting, lint, types and unused code count as one. */
function tallyCheck(_output: string, status: number): Tally {
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

function tallyMocha(output: string, status: number): Tally {
  return honest(
    {
      passed: count(output, /(\d+) passing/),
      failed: count(output, /(\d+) failing/),
      skipped: count(output, /(\d+) pending/),
    },
    status,
  );
}

function tallyUnittest(output: string, status: number): Tally {
  const ran = count(output, /Ran (\d+) tests?/);
  const failed = count(output, /failures=(\d+)/) + count(output, /errors=(\d+)/);
  const skipped = count(output, /skipped=(\d+)/);
  return honest({ passed: ran - failed - skipped, failed, skipped }, status);
}

function count(output: string, pattern: RegExp): number {
  return Number(pattern.exec(output)?.[1] ?? 0);
}

/** A runner that broke without counting, or ran nothing, has failed. */
function honest(tally: Tally, status: number): Tally {
  const isBroken = (status !== 0 && tally.failed === 0) || tally.passed + tally.failed === 0;
  return isBroken ? { ...tally, failed: tally.failed + 1 } : tally;
}

process.exitCode = await main();
