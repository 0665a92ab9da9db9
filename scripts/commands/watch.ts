import { commandContext, withClient } from '../command-context.ts';
import { announceEnd } from '../watch/announce-end.ts';
import { followExperiment } from '../watch/follow-experiment.ts';
import { snapshotView } from '../watch/snapshot-view.ts';
import { reportFile } from './show.ts';

/** Follows an experiment to its end. */
export async function watch(id: string, { json = false }: { json?: boolean }): Promise<number> {
  const context = commandContext();
  return await withClient(context, async (client) => {
    const last = await followExperiment(client, id, { view: snapshotView(json) });
    return announceEnd(last, reportFile(context, last), json);
  });
}
