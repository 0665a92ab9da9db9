import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { experimentIdSchema } from '../../workflows/schema/experiment-input.ts';
import { commandContext, withClient, type CommandContext } from '../command-context.ts';
import { printJson, printLine } from '../print.ts';
import { workflowLink } from '../temporal-location.ts';
import { askForJournal } from '../watch/ask-experiment.ts';
import { lookAtExperiment, type ExperimentSnapshot } from '../watch/experiment-snapshot.ts';
import { renderSnapshot } from '../watch/render-snapshot.ts';

/** One look, and where everything else is; for programs with the plan. */
export async function show(givenId: string, { json = false }: { json?: boolean }): Promise<number> {
  const context = commandContext();
  return await withClient(context, async (client) => {
    const snapshot = await lookAtExperiment(client, givenId);
    const { id, workflowId, failure } = snapshot;
    const folder = experimentFolder(context, id);
    const link = workflowLink(context.temporal, workflowId);
    const plan = folder === null ? null : await readPlan(context, id);
    const report = reportFile(context, snapshot);
    if (json) {
      printJson({ ...snapshot, folder, report, link, plan });
      return 0;
    }
    const handle = client.workflow.getHandle(workflowId);
    const journal = snapshot.progress === null ? null : await askForJournal(handle);
    const isSaid = snapshot.progress?.stage.kind === 'failed';
    const lines = [
      ...renderSnapshot(snapshot, Infinity, journal),
      ...(failure === null || isSaid ? [] : [`Failed: ${failure}`]),
      '',
      ...(folder === null ? [] : [`Files: ${folder}`]),
      ...(plan === null ? [] : [`Plan: longrun plan ${id}`]),
      ...(report === null ? [] : [`Report: ${report}`]),
      ...(link === null ? [] : [`Web UI: ${link}`]),
    ];
    printLine(lines.join('\n'));
    return 0;
  });
}

async function readPlan({ configuration }: CommandContext, id: string): Promise<string | null> {
  return await localArtifactStore(configuration.artifactRoot).folder(id).readIfPresent('PLAN.md');
}

function experimentFolder({ configuration }: CommandContext, id: string): string | null {
  if (!experimentIdSchema.safeParse(id).success) return null;
  const folder = join(configuration.artifactRoot, id);
  return existsSync(folder) ? folder : null;
}

/** The report's path on this machine; null where it is not here or not yet written. */
export function reportFile(context: CommandContext, { id }: ExperimentSnapshot): string | null {
  const folder = experimentFolder(context, id);
  const report = folder === null ? null : join(folder, 'REPORT.md');
  return report !== null && existsSync(report) ? report : null;
}
