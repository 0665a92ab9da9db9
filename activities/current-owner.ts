import { Context } from '@temporalio/activity';

/** Whose execution it is, as `owner.json` says it: the sweep ends what belongs to a workflow that has ended. */
export interface Owner {
  workflowId: string;
  namespace: string;
}

/** The workflow of the activity that calls it. */
export function currentOwner(): Owner {
  const { workflowExecution, namespace } = Context.current().info;
  return { workflowId: workflowExecution?.workflowId ?? '', namespace };
}
