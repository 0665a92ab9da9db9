import type { ArtifactFolder } from './adapters/artifact-store.ts';
import { planPath } from './experiment-files.ts';

/** A plan is never overwritten: each version has its own file, and PLAN.md shows the newest. */
export async function savePlan(folder: ArtifactFolder, version: number, markdown: string): Promise<void> {
  const content = `${markdown.trim()}\n`;
  await folder.create(planPath(version), content);
  await folder.write('PLAN.md', await folder.read(planPath(version)));
}
