import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { builtInProviders } from '../../activities/language-model/providers.ts';
import { readConfiguration } from '../../workers/configuration.ts';
import { modelVariables } from '../../workers/language-model-settings.ts';
import { openConfiguredSandbox } from '../../workers/training-host.ts';
import { taskQueue } from '../../workflows/domain/task-queue.ts';
import { commandContext, withClient, type CommandContext } from '../command-context.ts';
import { introduction, noSandboxNotice } from '../demo/introduction.ts';
import { externalTemporal } from '../development-server/external-temporal.ts';
import { startScriptedModel } from '../demo/scripted-model-process.ts';
import { goOnWhenNobodyReads } from '../end-when-nobody-reads.ts';
import { nextFreeId } from '../next-free-id.ts';
import { printLine } from '../print.ts';
import { runInForeground } from '../run-in-foreground.ts';
import { stopSignal } from '../stop-signal.ts';
import { UserError } from '../user-error.ts';

const ideaFile = new URL('../demo/IDEA.md', import.meta.url);

/**
 * The whole of Longrun on one machine: a real server, real workers, real trainings. Only the language model is a
 * script. It has a state folder and ports of its own, so that it disturbs nothing that runs already.
 */
export async function demo({ json = false }: { json?: boolean }): Promise<number> {
  goOnWhenNobodyReads();
  const interrupted = stopSignal();
  const startedAt = Date.now();
  const ours = commandContext();
  const stateFolder = join(ours.configuration.stateFolder, 'demo');
  if (ours.temporal.isExternal) await withClient(ours, refuseForeignWorkers);
  if (!json) printLine(introduction);

  const model = await startScriptedModel();
  const environment = {
    ...demoEnvironment(model.baseUrl, stateFolder),
    ...(await sandboxSetting(demoEnvironment(model.baseUrl, stateFolder), json)),
  };
  const context = commandContext(environment);
  const id = nextFreeId(context.configuration.artifactRoot, 'digits');
  try {
    const input = { idea: await readFile(ideaFile, 'utf8'), seeds: 3, budget: { trials: 8, hours: 0.5 } };
    const options = {
      port: 0,
      uiPort: 0,
      environment,
      request: { id, input },
      isJson: json,
      interrupted,
      isCancelledOnInterrupt: true,
    };
    const status = await runInForeground(context, options);
    if (!json && status === 0) printLine(farewell(context, id, (Date.now() - startedAt) / 1000));
    return status;
  } finally {
    await model.stop();
  }
}

function farewell({ configuration, temporal }: CommandContext, id: string, seconds: number): string {
  const look = temporal.isExternal
    ? ''
    : `\nThe history stays. To look at it again:\n
  LONGRUN_STATE=${configuration.stateFolder} npx longrun up

and open http://127.0.0.1:8233/namespaces/default/workflows/${id}`;
  return `The demo took ${Math.round(seconds)} s; everything it started is stopped.${look}`;
}

/** No real key may reach the demo, and no setting of the person's own experiments may change it. */
function demoEnvironment(baseUrl: string, stateFolder: string): NodeJS.ProcessEnv {
  const keys = builtInProviders.map(({ key }) => key?.variable);
  const ofOtherServers = externalTemporal(process.env) ? [] : ['TEMPORAL_NAMESPACE'];
  const dropped = new Set<string | undefined>([...keys, ...modelVariables, ...ofOtherServers, 'LONGRUN_PYTHON']);
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.has(name)));
  return { ...environment, LONGRUN_STATE: stateFolder, OPENAI_BASE_URL: baseUrl, LONGRUN_MODEL: 'scripted-researcher' };
}

/**
 * Generated scripts are never run without a sandbox unless a person says so. The demo's scripts are not generated: they
 * come with Longrun, so where no sandbox can be made they run without one, and that is said.
 */
async function sandboxSetting(environment: NodeJS.ProcessEnv, isJson: boolean): Promise<NodeJS.ProcessEnv> {
  const sandbox = await openConfiguredSandbox(readConfiguration(environment));
  if (sandbox.kind !== 'unavailable') return {};
  if (!isJson) printLine(noSandboxNotice());
  return { LONGRUN_SANDBOX: 'off' };
}

/** On a shared server other workers would answer the demo's questions with a real and paid model. */
async function refuseForeignWorkers(client: Client): Promise<void> {
  for (const queue of Object.values(taskQueue)) {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: queue },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    });
    if ((pollers ?? []).length > 0) {
      throw new UserError(
        `Workers are polling \`${queue}\` on the Temporal server of your environment already: unset TEMPORAL_ADDRESS (or the config file) for the demo, and it starts a server of its own.`,
      );
    }
  }
}
