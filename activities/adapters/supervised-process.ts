import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import { exitRecordSchema, type ExitRecord } from '../../workflows/schema/execution-record.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';

const supervisorScript = fileURLToPath(new URL('../python/supervisor.py', import.meta.url));

/** What the supervisor is to run. `identity` tells apart two executions that claim the same control folder. */
export interface ExecutionSpec {
  identity: string;
  command: string[];
  workFolder: string;
  /** The whole environment of the process: nothing is inherited. */
  environment: Record<string, string>;
  outputFile: string;
  deadlineSeconds: number;
  graceSeconds: number;
  gpus: { uuid: string; lockFile: string }[];
  gpuCount: number;
}

const decisionSchema = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('alive') }),
  z.object({ decision: z.literal('started') }),
  z.object({ decision: z.literal('resumed') }),
  z.object({ decision: z.literal('finished'), exit: exitRecordSchema }),
  z.object({ decision: z.literal('busy') }),
  z.object({ decision: z.literal('refused'), reason: z.string() }),
]);

export type Decision = z.infer<typeof decisionSchema>;

/**
 * Asks the supervisor, which decides under the execution's lock: it starts what is absent, starts again what was
 * lost, and leaves alone what is alive or finished. Any number of callers may ask at once.
 */
export async function ensureExecution(python: string, controlFolder: string, spec: ExecutionSpec): Promise<Decision> {
  await mkdir(controlFolder, { recursive: true });
  const output = await runSupervisor(python, controlFolder, JSON.stringify(spec));
  return decisionSchema.parse(JSON.parse(output));
}

/** What the supervisor wrote at the end; null while the execution goes on. */
export async function readExit(controlFolder: string): Promise<ExitRecord | null> {
  let text: string;
  try {
    text = await readFile(join(controlFolder, 'exit.json'), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return exitRecordSchema.parse(JSON.parse(text));
}

/** The supervisor then walks its ladder: SIGTERM, grace for a checkpoint, a stack, SIGKILL of the whole tree. */
export async function requestStop(controlFolder: string): Promise<void> {
  await mkdir(controlFolder, { recursive: true });
  await writeFile(join(controlFolder, 'stop'), '');
}

async function runSupervisor(python: string, controlFolder: string, spec: string): Promise<string> {
  const child = spawn(python, ['-I', '-S', supervisorScript, controlFolder], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [output, errors] = [collect(child.stdout), collect(child.stderr)];
  child.stdin.end(spec);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return (await output).trim();
  throw ApplicationFailure.create({
    type: failureType.supervisorFailed,
    message: `The supervisor ended with status ${code}: ${(await errors).trim().slice(-2000)}`,
  });
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
