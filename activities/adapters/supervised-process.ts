import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import { exitRecordSchema, type ExitRecord } from '../../workflows/schema/execution-record.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import type { Slot } from './host.ts';
import type { SandboxSpec } from './sandbox.ts';

const supervisorScript = fileURLToPath(new URL('../python/supervisor/supervisor.py', import.meta.url));

/** What the supervisor is to run, as `activities/python/supervisor/execution_spec.py` describes it field by field. */
export interface ExecutionSpec {
  /** Tells apart two executions that claim the same control folder. */
  identity: string;
  command: string[];
  workFolder: string;
  /** The whole environment of the process: nothing is inherited. */
  environment: Record<string, string>;
  outputFile: string;
  metricsFile: string;
  /** For all attempts together. */
  deadlineSeconds: number;
  graceSeconds: number;
  /** A training that has heard from nobody for so long stops at a checkpoint. */
  unattendedSeconds: number;
  slots: Slot[];
  slotCount: number;
  /** The variable that names the GPUs it has. */
  visibleDevices: string | null;
  limits: ExecutionLimits;
  stall: { quietSeconds: number; stepFactor: number; firstStepSeconds: number };
  sandbox: SandboxSpec | null;
}

export interface ExecutionLimits {
  memoryBytes: number;
  processes: number;
  workBytes: number;
  workFiles: number;
  fileBytes: number;
  freeDiskBytes: number;
  outputBytes: number;
}

const decisionSchema = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('alive') }),
  z.object({ decision: z.literal('started') }),
  z.object({ decision: z.literal('resumed') }),
  z.object({ decision: z.literal('finished'), exit: exitRecordSchema }),
  z.object({ decision: z.literal('busy') }),
  z.object({ decision: z.literal('diskFull'), message: z.string() }),
  z.object({ decision: z.literal('refused'), reason: z.string() }),
]);

export type Decision = z.infer<typeof decisionSchema>;

/**
 * Asks the supervisor, which decides under the execution's lock: it starts what is absent, starts again what was
 * lost, and leaves alone what is alive or finished. Any number of callers may ask at once.
 */
export async function ensureExecution(python: string, controlFolder: string, spec: ExecutionSpec): Promise<Decision> {
  await mkdir(controlFolder, { recursive: true });
  return decisionSchema.parse(JSON.parse(await runSupervisor(python, [controlFolder], JSON.stringify(spec))));
}

/** Makes the end of this attempt count for nothing, so that the next one who asks goes on from the checkpoint. */
export async function reopenExecution(python: string, controlFolder: string, attempt: number): Promise<void> {
  await runSupervisor(python, [controlFolder, '--reopen', String(attempt)], '');
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

/**
 * Asks a supervisor to end its execution. It walks its ladder: SIGTERM, grace for a checkpoint, a stack, SIGKILL of the whole
 * tree. `stop` is for good; after `interrupt` the next one who asks goes on from the checkpoint.
 */
export async function request(controlFolder: string, what: 'stop' | 'interrupt'): Promise<void> {
  await mkdir(controlFolder, { recursive: true });
  await writeFile(join(controlFolder, what), '');
}

/**
 * Ends for good what nobody watches any more. One that runs stops by itself from here on; one that does not, since it
 * was paused or its supervisor was killed, has its exit record when this resolves.
 */
export async function endExecution(python: string, controlFolder: string): Promise<void> {
  await request(controlFolder, 'stop');
  await runSupervisor(python, [controlFolder], await readFile(join(controlFolder, 'spec.json'), 'utf8'));
}

/** Tells the supervisor when the last heartbeat that the server has acknowledged was sent, on the host's own clock. */
export async function renewContact(controlFolder: string, uptimeSeconds: number): Promise<void> {
  const temporary = join(controlFolder, `contact.${randomUUID()}.tmp`);
  await writeFile(temporary, `${uptimeSeconds}\n`);
  await rename(temporary, join(controlFolder, 'contact'));
}

/** The status that says that we have asked in a wrong way, which no host would take. */
const wrongUse = 2;

async function runSupervisor(python: string, commandLine: string[], input: string): Promise<string> {
  const child = spawn(python, ['-I', '-S', supervisorScript, ...commandLine], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [output, errors] = [collect(child.stdout), collect(child.stderr)];
  child.stdin.on('error', () => undefined); // It may end before it has read all; its status says why.
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return (await output).trim();
  throw ApplicationFailure.create({
    type: failureType.supervisorFailed,
    message: `The supervisor ended with status ${code}: ${(await errors).trim().slice(-2000)}`,
    nonRetryable: code === wrongUse,
  });
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
