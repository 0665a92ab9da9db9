import type { WorkflowInterceptors } from '@temporalio/workflow';

const reserved = '__temporal_';

/**
 * The SDK throws at a signal with its own prefix where there is a default handler: each attempt of the workflow task
 * would fail. Without the first underscore it is an unknown name like any other. The sandbox loads this by its export.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        for (const { signalWorkflow } of input.activation.jobs ?? []) {
          if (signalWorkflow?.signalName?.startsWith(reserved))
            signalWorkflow.signalName = signalWorkflow.signalName.slice(1);
        }
        next(input);
      },
    },
  ],
});
