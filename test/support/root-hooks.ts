import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createEnvironment } from './workflow-environment.ts';

let shared: Promise<TestWorkflowEnvironment> | undefined;

/** One development server for all tests that need nothing special of theirs. */
export async function sharedEnvironment(): Promise<TestWorkflowEnvironment> {
  shared ??= createEnvironment();
  return await shared;
}

export const mochaHooks = {
  async afterAll(): Promise<void> {
    await (await shared)?.teardown();
  },
};
