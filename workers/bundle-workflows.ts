import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type BundleOptions, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

/** The workflows as every worker, replay and test runs them. Takes a few seconds. */
export async function bundleWorkflows(logger: BundleOptions['logger']): Promise<WorkflowBundleWithSourceMap> {
  return await bundleWorkflowCode({
    ...(logger === undefined ? {} : { logger }),
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    payloadConverterPath: fileURLToPath(new URL('../workflows/payload-converter.ts', import.meta.url)),
  });
}
