import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';

/** The failure that the work ends with; fails the test when it ends well or with any other error. */
export async function failureOf(work: Promise<unknown>): Promise<ApplicationFailure> {
  let value: unknown;
  try {
    value = await work;
  } catch (error) {
    if (error instanceof ApplicationFailure) return error;
    throw error;
  }
  assert.fail(`a failure was expected, but there was ${JSON.stringify(value)}`);
}
