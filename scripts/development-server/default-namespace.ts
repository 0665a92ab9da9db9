import { once } from 'node:events';
import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

const retention = '90 days';
const requestMilliseconds = 2_000;

/** What a development server gives to a namespace that nobody has set up (seconds). */
const untouchedRetentionSeconds = 24 * 60 * 60;

/**
 * Asks the server for its default namespace: the last thing that is ready when it starts. Rejects when it does not answer
 * within two seconds. The server keeps closed workflows for one day unless told otherwise, too little to look back at an
 * experiment of days; a new database is set to 90 days, a retention that somebody has chosen stays.
 */
export async function checkDefaultNamespace(address: string): Promise<void> {
  await knock(address);
  const connection = Connection.lazy({ address, connectTimeout: requestMilliseconds });
  try {
    await connection.withDeadline(Date.now() + requestMilliseconds, () => ensureRetention(connection));
  } finally {
    await connection.close();
  }
}

/** Rejects at once where nobody listens yet; Temporal's client would wait and retry within its deadline. */
async function knock(address: string): Promise<void> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

async function ensureRetention({ workflowService }: Connection): Promise<void> {
  const namespace = 'default';
  const { config } = await workflowService.describeNamespace({ namespace });
  if (config?.workflowExecutionRetentionTtl?.seconds?.toNumber() !== untouchedRetentionSeconds) return;
  await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: msToTs(retention) } });
}
