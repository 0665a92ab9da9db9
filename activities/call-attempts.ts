import { z } from 'zod';
import { modelSpendingSchema, type ModelSpending } from '../workflows/schema/model-spending.ts';
import { addModelSpending } from '../workflows/domain/budget.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { costlyFailureTypes, waitingFailureTypes } from '../workflows/domain/hold.ts';

/** What the failed attempts of one call came to, kept beside its reply: an attempt knows of the others by it. */
export const callAttemptsSchema = z.object({
  failures: z.array(
    z.object({ target: z.string(), type: z.string(), count: z.number(), firstAt: z.string(), lastAt: z.string() }),
  ),
  /** The model that is asked next; null: the first. */
  target: z.string().nullable(),
  failuresInARow: z.number(),
  /** The model and its fallbacks, when it was asked last. */
  targets: z.array(z.string()),
  /** Models that a person has to do something for; forgotten when all of them are. */
  blocked: z.array(z.object({ target: z.string(), isCostly: z.boolean() })),
  /** How often the prompt was too long. */
  shrinks: z.number(),
  /** How often of these nothing was learnt of how long it may be, so that it has to be made smaller blindly. */
  blindShrinks: z.number(),
  /** Replies that broke off. */
  breakOffs: z.number(),
  /** Paid for, without an answer. */
  spent: modelSpendingSchema,
});

export type CallAttempts = z.infer<typeof callAttemptsSchema>;

export const noAttempts: CallAttempts = {
  failures: [],
  target: null,
  failuresInARow: 0,
  targets: [],
  blocked: [],
  shrinks: 0,
  blindShrinks: 0,
  breakOffs: 0,
  spent: { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0, unpricedCalls: 0 },
};

export interface FailedAttempt {
  /** `provider/model` */
  target: string;
  type: string;
  at: string;
  /** Null where nothing was paid for. */
  spent: ModelSpending | null;
  /** A limit of the model that was not known before. */
  isLimitLearnt: boolean;
}

/** What follows from a failed attempt: the failure type that Temporal is given, which decides whether it is retried. */
export interface AfterFailure {
  attempts: CallAttempts;
  type: string;
  /** Null leaves the time of the next attempt to the retry policy. */
  delaySeconds: number | null;
}

/** After so many attempts, with six seconds between them by the retry policy, it is another model's turn. */
const failuresBeforeFallback = 3;
/** Asking again for a reply that keeps breaking off is paying again: soon ever so seldom, and not without end. */
const quickBreakOffs = 5;
const breakOffDelaySeconds = 900;
const mostBreakOffs = 20;
const mostShrinks = 2;

/** `targets`: the names of the model and its fallbacks, in order. */
export function afterFailure(earlier: CallAttempts, failure: FailedAttempt, targets: readonly string[]): AfterFailure {
  const attempts = recorded(earlier, failure);
  switch (failure.type) {
    case failureType.modelPromptTooLong: {
      const blindShrinks = attempts.blindShrinks + (failure.isLimitLearnt ? 0 : 1);
      const shrunk = { ...attempts, shrinks: attempts.shrinks + 1, blindShrinks, failuresInARow: 0 };
      if (shrunk.shrinks > mostShrinks)
        return blocked(shrunk, { ...failure, type: failureType.modelPromptNeverFits }, targets);
      return { attempts: shrunk, type: failure.type, delaySeconds: atOnce };
    }
    case failureType.modelIncompleteReply: {
      const broken = { ...attempts, breakOffs: attempts.breakOffs + 1 };
      if (broken.breakOffs < mostBreakOffs) return slowedDown(unavailable(broken, failure, targets));
      return blocked({ ...broken, breakOffs: 0 }, { ...failure, type: failureType.modelKeepsBreakingOff }, targets);
    }
    case failureType.modelUnavailable:
    case failureType.modelRateLimited:
      return unavailable(attempts, failure, targets);
    case failureType.modelFormatUnsupported:
      return { attempts, type: failure.type, delaySeconds: atOnce };
    case failureType.modelOutputLimitTooHigh:
      if (failure.isLimitLearnt) return { attempts, type: failure.type, delaySeconds: atOnce };
      return blocked(attempts, { ...failure, type: failureType.modelBadRequest }, targets);
    default:
      if (!waitingFailureTypes.includes(failure.type)) return { attempts, type: failure.type, delaySeconds: null };
      return blocked(attempts, failure, targets);
  }
}

/** Equal failures are counted, so that an outage of days is a line. */
function recorded(attempts: CallAttempts, { target, type, at, spent }: FailedAttempt): CallAttempts {
  const same = attempts.failures.find((each) => each.target === target && each.type === type);
  const others = attempts.failures.filter((each) => each !== same);
  const line = { target, type, count: (same?.count ?? 0) + 1, firstAt: same?.firstAt ?? at, lastAt: at };
  return {
    ...attempts,
    failures: [...others, line],
    failuresInARow: attempts.failuresInARow + 1,
    spent: spent === null ? attempts.spent : addModelSpending(attempts.spent, spent),
  };
}

/**
 * Retried with the same model for a while, then with the next that is not blocked, round and round. Where all others are
 * blocked, those are asked again too of which finding out is free: credit may be back by now.
 */
function unavailable(
  attempts: CallAttempts,
  { target, type }: FailedAttempt,
  targets: readonly string[],
): AfterFailure {
  const costly = attempts.blocked.filter(({ isCostly }) => isCostly);
  const next = nextTarget(target, attempts.blocked, targets) ?? nextTarget(target, costly, targets);
  if (attempts.failuresInARow < failuresBeforeFallback || next === null) return { attempts, type, delaySeconds: null };
  const stillBlocked = attempts.blocked.filter((each) => each.target !== next);
  return fallsBack({ ...attempts, target: next, blocked: stillBlocked, failuresInARow: 0 });
}

/** A person's turn only when no other model is left. The next attempt then begins with the first one again. */
function blocked(attempts: CallAttempts, { target, type }: FailedAttempt, targets: readonly string[]): AfterFailure {
  const isCostly = costlyFailureTypes.includes(type);
  const blockedTargets = [...attempts.blocked.filter((each) => each.target !== target), { target, isCostly }];
  const next = nextTarget(target, blockedTargets, targets);
  const afresh = { ...attempts, failuresInARow: 0, shrinks: 0, blindShrinks: 0 };
  if (next === null) return { attempts: { ...afresh, target: null, blocked: [] }, type, delaySeconds: null };
  return fallsBack({ ...afresh, target: next, blocked: blockedTargets });
}

/** What the next attempt does differently can be tried at once. */
const atOnce = 0.2;

function fallsBack(attempts: CallAttempts): AfterFailure {
  return { attempts, type: failureType.modelFallsBack, delaySeconds: atOnce };
}

function slowedDown(after: AfterFailure): AfterFailure {
  const isSlow = after.attempts.breakOffs >= quickBreakOffs && after.type === failureType.modelIncompleteReply;
  return isSlow ? { ...after, delaySeconds: breakOffDelaySeconds } : after;
}

function nextTarget(
  target: string,
  blockedTargets: CallAttempts['blocked'],
  targets: readonly string[],
): string | null {
  const position = targets.indexOf(target);
  const others = [...targets.slice(position + 1), ...targets.slice(0, Math.max(0, position))];
  return others.find((name) => !blockedTargets.some((each) => each.target === name)) ?? null;
}

/** Other models begin with the first of them: what the ones before came to says nothing about them. */
export function withTargets(attempts: CallAttempts, targets: string[]): CallAttempts {
  const isSame = JSON.stringify(attempts.targets) === JSON.stringify(targets);
  return isSame ? attempts : { ...noAttempts, targets, failures: attempts.failures, spent: attempts.spent };
}
