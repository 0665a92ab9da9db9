import { experimentIdOf } from '../workflows/domain/experiment-id.ts';
import { openExperimentFiles } from './logs/open-experiment-files.ts';

/** What the experiment's folder has of its report. */
export interface ReportFiles {
  /** Of REPORT.md on this machine. */
  path: string;
  /** Null before the first trial is recorded. */
  markdown: string | null;
  /** The page is written when the report is final, and only then; null before that. */
  pagePath: string | null;
  isFinal: boolean;
}

/** `id`: of the workflow or of the folder. Throws a UserError when there is no such experiment here. */
export async function openReport(id: string): Promise<ReportFiles> {
  const { folder } = await openExperimentFiles(experimentIdOf(id));
  const hasPage = (await folder.readIfPresent('report.html')) !== null;
  return {
    path: folder.localPath('REPORT.md'),
    markdown: await folder.readIfPresent('REPORT.md'),
    pagePath: hasPage ? folder.localPath('report.html') : null,
    isFinal: hasPage,
  };
}
