import { createModelCatalogue } from '../../activities/language-model/model-catalogue.ts';
import { modelRoleSchema } from '../../workflows/schema/models.ts';
import { commandContext, type CommandContext } from '../command-context.ts';
import { goOnWhenNobodyReads } from '../end-when-nobody-reads.ts';
import { printJson, printLine } from '../print.ts';
import { startEverything } from '../start-everything.ts';
import { stopSignal } from '../stop-signal.ts';
import { defaultPort, defaultUiPort } from '../temporal-location.ts';

export async function up({ json = false }: { json?: boolean }): Promise<number> {
  goOnWhenNobodyReads();
  const interrupted = stopSignal();
  const context = commandContext();
  const running = await startEverything(context, { port: defaultPort, uiPort: defaultUiPort, interrupted });
  announce(running.context, json);
  await interrupted;
  if (!json) printLine('Stopping; trainings go on and are found again by the next `longrun up`.');
  await running.stop();
  return 0;
}

function announce({ configuration, temporal }: CommandContext, json: boolean): void {
  if (json) {
    printJson({ event: 'ready', address: temporal.address, ui: temporal.ui });
    return;
  }
  const ui = temporal.ui === null ? '' : `, Web UI ${temporal.ui}`;
  printLine(`Longrun is ready: Temporal ${temporal.address}${ui}, experiments in ${configuration.artifactRoot}`);
  const catalogue = createModelCatalogue(configuration.languageModels);
  const problems = catalogue.problemsOf({}, { hasMoneyBudget: false, roles: modelRoleSchema.options });
  problems.forEach((problem) => process.stderr.write(`${problem}\n`));
}
