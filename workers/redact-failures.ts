import { CompleteAsyncError } from '@temporalio/activity';
import { CancelledFailure, TemporalFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Redactor } from '../activities/language-model/redactor.ts';

/**
 * Takes secrets out of whatever an activity throws, before it goes to the history, where it would be kept in plain
 * text: messages, stacks and details along the chain of causes. The error stays the same object, so that its class,
 * type and retry settings hold.
 */
export function redactFailures(redactor: Redactor): ActivityInterceptorsFactory {
  return () => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          throw redactThrown(error, redactor);
        }
      },
    },
  });
}

function redactThrown(thrown: unknown, redactor: Redactor): unknown {
  if (thrown instanceof CancelledFailure || thrown instanceof CompleteAsyncError) return thrown;
  if (typeof thrown === 'string') return redactor.redact(thrown);
  const seen = new Set<object>();
  // Not only instances of Error: the history takes whatever has a message.
  for (let link: unknown = thrown; isObject(link) && !seen.has(link); link = Reflect.get(link, 'cause')) {
    seen.add(link);
    for (const name of ['stack', 'message', 'details', 'lastHeartbeatDetails']) replace(link, name, redactor);
    // A failure that came from the server would be passed on as it came; without this it is encoded anew.
    if (link instanceof TemporalFailure) delete link.failure;
  }
  return thrown;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Defined anew, since some errors (DOMException) have no message that can be assigned. */
function replace(error: object, name: string, redactor: Redactor): void {
  const value: unknown = Reflect.get(error, name);
  if (value === undefined || value === null) return;
  const isEnumerable = Object.getOwnPropertyDescriptor(error, name)?.enumerable ?? false;
  Object.defineProperty(error, name, {
    value: redactor.redactDeep(value),
    enumerable: isEnumerable,
    writable: true,
    configurable: true,
  });
}
