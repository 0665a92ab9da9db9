import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { trialWorkflowId } from '../workflows/domain/trial.ts';
import { repositoryFolder } from '../workers/configuration.ts';
import { commandContext, withClient, type CommandContext } from './command-context.ts';
import { startDevelopmentServer } from './development-server/development-server.ts';
import { locateTemporal } from './temporal-location.ts';

/*
 * Saves the histories of a finished demo for the replay test:
 *
 *   LONGRUN_STATE=<its state folder> node --import tsx scripts/record-histories.ts digits-1
 *
 * Names of this machine are replaced, in payloads too, so that a history says nothing about where it was recorded.
 */

const folder = join(repositoryFolder, 'test', 'histories');

async function main([id]: string[]): Promise<void> {
  if (id === undefined) throw new Error('Give the id of a finished demo experiment.');
  const { configuration } = commandContext();
  const server = await startDevelopmentServer({ stateFolder: configuration.stateFolder, port: 0, uiPort: 0 });
  try {
    const temporal = locateTemporal(process.env, configuration.stateFolder);
    await record({ configuration, temporal }, id);
  } finally {
    await server.stop();
  }
}

async function record(context: CommandContext, id: string): Promise<void> {
  await withClient(context, async (client) => {
    await mkdir(folder, { recursive: true });
    const workflows = {
      'demo-experiment': id,
      'demo-trial-001': trialWorkflowId(id, 1),
      'demo-trial-003': trialWorkflowId(id, 3),
    };
    for (const [name, workflowId] of Object.entries(workflows)) {
      const history = await client.workflow.getHandle(workflowId).fetchHistory();
      const json: unknown = JSON.parse(historyToJSON(history));
      await writeFile(join(folder, `${name}.json`), `${JSON.stringify(anonymous(json), null, 1)}\n`);
      console.log(`${name}.json: ${history.events?.length} events`);
    }
  });
}

function anonymous(value: unknown): unknown {
  if (typeof value === 'string') return withoutHost(value);
  if (Array.isArray(value)) return value.map(anonymous);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      if (key === 'identity') return [key, 'worker'];
      if (key === 'data' && typeof field === 'string') return [key, reencode(field)];
      return [key, anonymous(field)];
    }),
  );
}

function reencode(base64: string): string {
  return Buffer.from(withoutHost(Buffer.from(base64, 'base64').toString())).toString('base64');
}

function withoutHost(text: string): string {
  const name = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-');
  return text.replaceAll(hostname(), 'host').replaceAll(name, 'host');
}

await main(process.argv.slice(2));
