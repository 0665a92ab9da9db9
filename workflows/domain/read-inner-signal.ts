import type { Guidance, TrialStatus } from './guidance.ts';
import { bytesOf } from './read-payload.ts';

/*
 * What an experiment and its running trial tell each other. Anybody else can send it as well, so its shape is checked
 * before it is believed. Null: it is none of theirs.
 */

export function readTrialStatus(payload: unknown): TrialStatus | null {
  if (!isObject(payload) || bytesOf(payload) === null) return null;
  const { hold, spending, act } = payload;
  const isStatus = isHold(hold) && isSpending(spending) && (act === undefined || typeof act === 'string');
  return isStatus ? (payload as unknown as TrialStatus) : null;
}

export function readGuidance(payload: unknown): Guidance | null {
  if (!isObject(payload) || bytesOf(payload) === null) return null;
  const { messages, models, allowance, nudges } = payload;
  const isGuidance = isCount(messages) && isObject(models) && isAllowance(allowance) && isNudges(nudges);
  return isGuidance ? (payload as unknown as Guidance) : null;
}

function isHold(value: unknown): boolean {
  if (value === null) return true;
  if (!isObject(value) || !['type', 'problem', 'mend', 'since'].every((name) => typeof value[name] === 'string')) {
    return false;
  }
  const { decision = null } = value;
  return (
    decision === null ||
    (isObject(decision) && typeof decision['id'] === 'string' && Array.isArray(decision['choices']))
  );
}

function isSpending(value: unknown): boolean {
  if (!isModelSpending(value) || !isCount(value['trainingSeconds'])) return false;
  const { byRole } = value;
  return isObject(byRole) && Object.values(byRole).every(isModelSpending);
}

function isModelSpending(value: unknown): value is Record<string, unknown> {
  const counts = ['calls', 'inputTokens', 'outputTokens', 'cost', 'unpricedCalls'];
  return isObject(value) && counts.every((name) => isCount(value[name]));
}

function isAllowance(value: unknown): boolean {
  return isObject(value) && ['tokens', 'usd', 'calls'].every((name) => value[name] === null || isCount(value[name]));
}

function isNudges(value: unknown): boolean {
  return isObject(value) && isCount(value['resumes']) && isCount(value['extensions']);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
