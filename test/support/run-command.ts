import { main } from '../../scripts/cli.ts';
import type { Ended } from './run-longrun.ts';

/**
 * Runs a command in this process, which saves its start. `environment` is what it sees beside our own variables. Only
 * for commands that read no standard input, and one at a time.
 */
export async function runCommand(commandLine: string[], environment: Record<string, string>): Promise<Ended> {
  const ours = process.env;
  const [out, error] = [capture(process.stdout), capture(process.stderr)];
  process.env = { ...ours, ...environment };
  try {
    const status = await main(commandLine);
    return { status, stdout: out.text(), stderr: error.text() };
  } finally {
    process.env = ours;
    out.release();
    error.release();
  }
}

function capture(stream: NodeJS.WriteStream): { text: () => string; release: () => void } {
  const write = stream.write.bind(stream);
  let written = '';
  stream.write = (chunk: string | Uint8Array) => {
    written += String(chunk);
    return true;
  };
  return { text: () => written, release: () => void (stream.write = write) };
}
