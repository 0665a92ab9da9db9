import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createEnvironment } from './workflow-environment.ts';

let shared: Promise<TestWorkflowEnvironment> | undefined;

/** One development server for all tests of a process that need nothing special of theirs. */
export async function sharedEnvironment(): Promise<TestWorkflowEnvironment> {
  shared ??= createEnvironment();
  return await shared;
}

export const mochaHooks = {
  /** Where mocha runs files side by side this comes after each of them, and the process goes on with the next. */
  async afterAll(): Promise<void> {
    const environment = await shared;
    shared = undefined;
    await environment?.teardown();
  },
};
