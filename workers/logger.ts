import { Runtime, type LogLevel, type LogMetadata } from '@temporalio/worker';
import { destination, pino, type Logger } from 'pino';
import type { Redactor } from '../activities/language-model/redactor.ts';

/** Lines of one text within this time are one line: an outage of hours must not fill a disk with retries. */
const repeatMilliseconds = 60_000;

/** JSON lines on standard output, without secrets. Call it once, before anything else of the SDK. */
export function installLogger(worker: string, redactor: Pick<Redactor, 'redact'>): Logger {
  const output = destination(process.stdout.fd);
  const logger = pino(
    { base: { worker }, level: 'info' },
    { write: (line: string) => output.write(redactor.redact(line)) },
  );
  const lastLogged = new Map<string, number>();
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}): void => {
    const kind = message.replace(/\d+/g, '#');
    const now = Date.now();
    if (level !== 'ERROR' && now - (lastLogged.get(kind) ?? 0) < repeatMilliseconds) return;
    lastLogged.set(kind, now);
    const { taskToken: _taskToken, ...fields } = meta;
    logger[pinoLevels[level]](fields, message);
  };
  Runtime.install({
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} } },
  });
  return logger;
}

const pinoLevels = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;
