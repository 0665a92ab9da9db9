import type { Models } from '../schema/models.ts';
import { addExtension, type BudgetExtension } from './budget.ts';
import type { Nudges } from './guidance.ts';
import { fingerprintCharacters, idFingerprint } from './id-fingerprint.ts';
import { shorten } from './journal.ts';
import type { MessageHead, PersonMessage } from './person-message.ts';
import type { DecisionAnswer } from './read-update.ts';
import { noHalt, type Halts } from './halts.ts';

/**
 * What people said, on its way into the artifact folder. A message is applied when it arrives and waits in `inbox` until
 * it is on disk; from then on it is only a number and, for a while, a head. It is carried from one workflow run to the
 * next, and newer code continues older runs: new fields come with a value in `emptyMailbox`.
 */
export interface Mailbox {
  inbox: PersonMessage[];
  recorded: number;
  isPaused: boolean;
  /** Paused at once: trainings stop at a checkpoint. */
  isHalted: boolean;
  halts: Halts;
  stopRequest: { by: string; reason: string } | null;
  /** The models that were chosen on the way, over those of the input. */
  models: Models;
  extension: BudgetExtension;
  nudges: Nudges;
  /** The newest answer. */
  decision: (DecisionAnswer & { by: string }) | null;
  /** The newest trial that somebody has abandoned. */
  abandoned: { trial: number; by: string; reason: string } | null;
  /** Changes of the plan that wait for the end of the running trial, in their order. */
  planChanges: PlanRequest[];
  /** Fingerprints of the newest messages' ids in a row, so that a second delivery of one is not a second message. */
  idFingerprints: string;
  recent: MessageHead[];
}

/** A change of the plan; its text, where there is one, is in the message of that number. */
export interface PlanRequest {
  message: number;
  hasPlan: boolean;
  by: string;
  reason: string;
}

/** What a fork has of the messages of another experiment. */
export interface InheritedMessages {
  /** So many are on disk already. */
  messages: number;
  /** Absent: none waited. */
  planChanges?: PlanRequest[];
  /** The newest of them, oldest first. Absent in what an older task has read. */
  recent?: MessageHead[];
}

/** Of 8 characters each: 16 KB of the state that a run hands to the next. */
export const rememberedIds = 2_048;
export const rememberedMessages = 10;
/** Each is a version of the plan: nobody means more of them at once. */
export const mostPlanChanges = 20;

export const emptyMailbox: Mailbox = {
  inbox: [],
  recorded: 0,
  isPaused: false,
  isHalted: false,
  halts: noHalt,
  stopRequest: null,
  models: {},
  extension: {},
  nudges: { resumes: 0, extensions: 0 },
  decision: null,
  abandoned: null,
  planChanges: [],
  idFingerprints: '',
  recent: [],
};

export function receive(mailbox: Mailbox, message: PersonMessage): Mailbox {
  const fingerprint = fingerprintOf(message);
  if (fingerprint !== '' && isAmong(mailbox.idFingerprints, fingerprint)) return mailbox;
  const number = mailbox.recorded + mailbox.inbox.length + 1;
  const received = {
    ...mailbox,
    inbox: [...mailbox.inbox, message],
    idFingerprints: (mailbox.idFingerprints + fingerprint).slice(-rememberedIds * fingerprintCharacters),
    recent: [...mailbox.recent, headOf(number, message)].slice(-rememberedMessages),
  };
  return { ...received, ...effectOf(message, received, number) };
}

/** What was refused may come again under its id, corrected. */
function fingerprintOf({ id, kind }: PersonMessage): string {
  if (id === null) return '';
  return idFingerprint(kind === 'refused' ? `refused: ${id}` : id);
}

/** Only at the beginning of a fingerprint, not across the border between two. */
function isAmong(fingerprints: string, fingerprint: string): boolean {
  let place = fingerprints.indexOf(fingerprint);
  while (place >= 0 && place % fingerprintCharacters !== 0) place = fingerprints.indexOf(fingerprint, place + 1);
  return place >= 0;
}

/** The number and kind of a message, and whose it is; its text is on disk. */
export function headOf(number: number, message: PersonMessage): MessageHead {
  const { kind, at } = message;
  const id = message.id === null ? null : shorten(message.id, 80);
  const problem = message.kind === 'refused' ? shorten(message.problem, 160) : null;
  const head = { number, kind, by: shorten(message.by, 40), at, id, problem };
  if (message.kind === 'pause') return { ...head, when: message.when };
  return message.kind === 'refused' ? { ...head, signal: shorten(message.signal, 60) } : head;
}

/** What it changes the moment it arrives. */
function effectOf(message: PersonMessage, mailbox: Mailbox, number: number): Partial<Mailbox> {
  const { by } = message;
  switch (message.kind) {
    case 'pause':
      return { isPaused: true, isHalted: mailbox.isHalted || message.when === 'now' };
    case 'resume':
      return { isPaused: false, isHalted: false, nudges: nudged(mailbox, 'resumes') };
    case 'stop':
      return { stopRequest: { by, reason: message.reason } };
    case 'changeModel':
      return { models: { ...mailbox.models, ...message.models } };
    case 'extendBudget':
      return { extension: addExtension(mailbox.extension, message.extension), nudges: nudged(mailbox, 'extensions') };
    case 'revisePlan': {
      const change = { message: number, hasPlan: message.plan !== null, by, reason: message.reason };
      return { planChanges: [...mailbox.planChanges, change] };
    }
    case 'abandonTrial':
      return { abandoned: { trial: message.trial, by, reason: message.reason } };
    case 'decide': {
      const { decision: id, choice } = message;
      const stops = choice === 'stop' ? { stopRequest: { by, reason: `decided so at ${id}` } } : {};
      return { decision: { id, choice, by }, ...stops };
    }
    case 'feedback':
    case 'refused':
      return {};
  }
}

function nudged({ nudges }: Mailbox, what: keyof Nudges): Nudges {
  return { ...nudges, [what]: nudges[what] + 1 };
}

/** One activity call carries at most this, so that a burst of long messages stays under the payload limit of 32 KB. */
const batchBytes = 16 * 1024;

/** The oldest waiting messages that fit into one activity call; never empty while any wait. */
export function nextBatch(mailbox: Mailbox): PersonMessage[] {
  const batch: PersonMessage[] = [];
  let bytes = 0;
  for (const message of mailbox.inbox) {
    bytes += new TextEncoder().encode(JSON.stringify(message)).length;
    if (batch.length > 0 && bytes > batchBytes) break;
    batch.push(message);
  }
  return batch;
}

export function afterRecording(mailbox: Mailbox, count: number): Mailbox {
  return { ...mailbox, inbox: mailbox.inbox.slice(count), recorded: mailbox.recorded + count };
}

/** `problem`: why the oldest change could not be made, where it was not. Whoever asked for it was told that it would be. */
export function afterPlanChange(mailbox: Mailbox, at: string, problem?: string): Mailbox {
  const [change, ...planChanges] = mailbox.planChanges;
  const changed = { ...mailbox, planChanges };
  if (change === undefined || problem === undefined) return changed;
  return receive(changed, { kind: 'refused', signal: 'revisePlan', problem, by: change.by, at, id: null });
}

/**
 * Messages that came before an experiment knew of its past get the numbers after those of the past. Changes of the plan
 * that waited then wait on, before its own.
 */
export function afterInheritance(mailbox: Mailbox, inherited: InheritedMessages): Mailbox {
  const { messages, planChanges = [], recent = [] } = inherited;
  const ownChanges = mailbox.planChanges.map((change) => ({ ...change, message: change.message + messages }));
  const ownHeads = mailbox.recent.map((head) => ({ ...head, number: head.number + messages }));
  return {
    ...mailbox,
    recorded: mailbox.recorded + messages,
    recent: [...recent, ...ownHeads].slice(-rememberedMessages),
    planChanges: [...planChanges, ...ownChanges],
  };
}
