import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';

const silentLogger = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** The context of an activity. It stays cancelled once it was, so each test takes a new one. */
export function anActivityEnvironment(info: Partial<Info> = {}): MockActivityEnvironment {
  return new MockActivityEnvironment({ attempt: 1, ...info }, { logger: silentLogger });
}

/** The environment's own `run` with the type of what the activity returns. */
export async function runIn<T>(environment: MockActivityEnvironment, activity: () => Promise<T>): Promise<T> {
  return await environment.run<[], T, () => Promise<T>>(activity);
}
