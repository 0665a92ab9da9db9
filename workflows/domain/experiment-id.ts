/** What a Temporal Schedule appends to the workflow id of its action: the time that the run was due. */
const dueTime = /-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * The id of the experiment that a workflow runs: the name of its folder, and the prefix of its trials' workflow ids. It
 * is the workflow id; of the time that a schedule appends the colons are left out, which no folder's name may have.
 */
export function experimentIdOf(workflowId: string): string {
  return workflowId.replace(dueTime, (time) => time.replaceAll(':', ''));
}
