import { setTimeout as delay } from 'node:timers/promises';
import proto from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { searchAttribute } from '../workflows/domain/search-attributes.ts';

export interface SearchAttributeServer {
  connection: Pick<NativeConnection, 'operatorService' | 'workflowService' | 'withDeadline'>;
  namespace: string;
}

/**
 * Registers the search attributes that the server does not have yet, and says whether experiments may use them: it has
 * all of them, of the right types, and its frontend takes them. Never throws: what is in the way is logged as a warning
 * with its mend, and experiments do without.
 *
 * A workflow task that names an attribute which the server does not know fails, and is tried again every few seconds.
 * A development server knows a new one at once (measured: the first query after 14 to 26 ms works, and so does the
 * first task). A cluster may take a minute, which is waited for; after that a host of it may still lag behind.
 */
export async function registerSearchAttributes(
  server: SearchAttributeServer,
  logger: Pick<Logger, 'warn'>,
  patienceMilliseconds = 60_000,
): Promise<boolean> {
  const giveUpAt = Date.now() + patienceMilliseconds;
  for (;;) {
    const problem = await findProblem(server);
    if (problem === null) return true;
    if (!problem.mayPass || Date.now() >= giveUpAt) {
      logger.warn(
        { problem: problem.text, mend: mendIn(server.namespace) },
        'experiments do without search attributes',
      );
      return false;
    }
    await delay(pollMilliseconds);
  }
}

const pollMilliseconds = 500;
const wanted = Object.values(searchAttribute);

interface Problem {
  text: string;
  /** By itself, within a minute or so. */
  mayPass: boolean;
}

async function findProblem(server: SearchAttributeServer): Promise<Problem | null> {
  const known = await answerTo(server, list, passingCodes);
  if ('problem' in known) return known.problem;
  const wrong = wanted.filter(({ name, type }) => (known.answer[name] ?? type) !== type);
  if (wrong.length > 0) {
    const names = wrong.map(({ name }) => `${name} is of type ${known.answer[name]}`);
    return { text: names.join(', '), mayPass: false };
  }
  const missing = wanted.filter(({ name }) => known.answer[name] === undefined);
  if (missing.length > 0) {
    // Another orchestrator may be quicker.
    const added = await answerTo(server, (each) => add(each, missing), [...passingCodes, code.alreadyExists]);
    if ('problem' in added) return added.problem;
  }
  const counted = await answerTo(server, count, [...passingCodes, code.invalidArgument]);
  return 'problem' in counted ? counted.problem : null;
}

/** Of gRPC. */
const code = { invalidArgument: 3, deadlineExceeded: 4, alreadyExists: 6, unavailable: 14 } as const;
const passingCodes: number[] = [code.deadlineExceeded, code.unavailable];
const requestMilliseconds = 10_000;

/** What the server answers, or why it does not. */
async function answerTo<T>(
  server: SearchAttributeServer,
  ask: (server: SearchAttributeServer) => Promise<T>,
  passing: readonly number[],
): Promise<{ answer: T } | { problem: Problem }> {
  try {
    return { answer: await server.connection.withDeadline(Date.now() + requestMilliseconds, () => ask(server)) };
  } catch (error) {
    const status = error instanceof Error && 'code' in error ? Number(error.code) : Number.NaN;
    const details = error instanceof Error && 'details' in error ? error.details : undefined;
    return { problem: { text: String(details || error), mayPass: passing.includes(status) } };
  }
}

type WantedAttribute = (typeof wanted)[number];

/** The types of the custom attributes, by their names. */
async function list({ connection, namespace }: SearchAttributeServer): Promise<Record<string, string>> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.fromEntries(Object.entries(customAttributes).map(([name, type]) => [name, nameOf(type)]));
}

async function add({ connection, namespace }: SearchAttributeServer, missing: readonly WantedAttribute[]) {
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, indexedValueType[type]]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}

/** The frontend refuses a query for what it does not know yet. */
async function count({ connection, namespace }: SearchAttributeServer) {
  const query = wanted.map(({ name }) => `${name} IS NOT NULL`).join(' AND ');
  await connection.workflowService.countWorkflowExecutions({ namespace, query });
}

const { IndexedValueType } = proto.temporal.api.enums.v1;
const indexedValueType: Record<WantedAttribute['type'], number> = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Double: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
};

/** As the command line of Temporal has it: `Keyword`, `KeywordList`. */
function nameOf(type: number): string {
  const words = (IndexedValueType[type] ?? `${type}`).replace('INDEXED_VALUE_TYPE_', '').split('_');
  return words.map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`).join('');
}

function mendIn(namespace: string): string {
  const flags = wanted.map(({ name, type }) => `--name ${name} --type ${type}`).join(' ');
  return `temporal operator search-attribute create --namespace ${namespace} ${flags}; then start the orchestrator again`;
}
