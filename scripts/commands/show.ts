import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { experimentIdSchema } from '../../workflows/schema/experiment-input.ts';
import { commandContext, withClient, type CommandContext } from '../command-context.ts';
import { printJson, printLine } from '../print.ts';
import { workflowLink } from '../temporal-location.ts';
import { lookAtExperiment, type ExperimentSnapshot } from '../watch/experiment-snapshot.ts';
import { renderSnapshot } from '../watch/render-snapshot.ts';

/** One look, with the plan in force and where its files are. */
export async function show(id: string, { json = false }: { json?: boolean }): Promise<number> {
  const context = commandContext();
  return await withClient(context, async (client) => {
    const snapshot = await lookAtExperiment(client, id);
    const folder = experimentFolder(context, id);
    const link = workflowLink(context.temporal, id);
    const plan = folder === null ? null : await readPlan(context, id);
    const report = reportFile(context, snapshot);
    if (json) {
      printJson({ ...snapshot, folder, report, link, plan });
      return 0;
    }
    const places = [folder && `Files: ${folder}`, report && `Report: ${report}`, link && `Web UI: ${link}`];
    const failure = snapshot.failure === null ? [] : [`Failed: ${snapshot.failure}`];
    printLine(
      [...renderSnapshot(snapshot), ...failure, '', ...places.filter(Boolean), '', plan ?? ''].join('\n').trimEnd(),
    );
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
