import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const secret = 'planted "secret" 0123';
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The lines that a process writes which runs this with a `logger` that knows the secret, and the SDK's `runtime`. */
async function linesOf(script: string): Promise<Record<string, unknown>[]> {
  const program = `
    import { Runtime } from '@temporalio/worker';
    import { createRedactor } from './activities/language-model/redactor.ts';
    import { installLogger } from './workers/logger.ts';
    const secret = ${JSON.stringify(secret)};
    const logger = installLogger('llm', createRedactor([secret]));
    const sdk = Runtime.instance().logger;
    ${script}
    Runtime.instance().flushLogs();
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', tsx, '--input-type=module', '--eval', program],
    { cwd: repository, timeout: 50_000, killSignal: 'SIGKILL' },
  );
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('The log of a worker', () => {
  it('has no secret in a message', async () => {
    const [line] = await linesOf('logger.info(`the key ${secret} is wrong`);');
    assert.equal(line?.['msg'], 'the key [redacted] is wrong');
  });

  it('has no secret in a field', async () => {
    const [line] = await linesOf('logger.warn({ a: { b: [secret] } }, "c");');
    assert.deepEqual(line?.['a'], { b: ['[redacted]'] });
  });

  it('has no secret in an error', async () => {
    const [line] = await linesOf('logger.fatal(new Error(secret, { cause: new Error(secret) }), "c");');
    assert.match(JSON.stringify(line), /Error: \[redacted\]/);
    assert.doesNotMatch(JSON.stringify(line), /planted/);
  });

  it('has no secret in what the SDK logs', async () => {
    const [line] = await linesOf('sdk.error(`Activity failed: ${secret}`, { error: new Error(secret) });');
    assert.equal(line?.['msg'], 'Activity failed: [redacted]');
    assert.doesNotMatch(JSON.stringify(line), /planted/);
  });

  it('has every line that was logged right before the process ended', async () => {
    const lines = await linesOf('for (let index = 0; index < 1000; index += 1) logger.info({ index }, "a");');
    assert.equal(lines.length, 1000);
  });
});
