import { ApplicationFailure, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { languageModel } from './activity-proxies.ts';
import { failureType } from './domain/failure-type.ts';
import type { Mailbox } from './domain/mailbox.ts';
import type { PersonMessage } from './domain/person-message.ts';
import { readFeedback, readPause, readResume, readStop, readUnknown } from './domain/read-signal.ts';
import {
  readAbandonment,
  readDecision,
  readExtension,
  readModelChange,
  readPlanChange,
  type UpdateReading,
} from './domain/read-update.ts';
import {
  refuseAbandonment,
  refuseDecision,
  refuseExtension,
  refusePlanChange,
  type Standing,
} from './domain/refuse-update.ts';
import {
  abandonTrialUpdate,
  changeModelUpdate,
  decideUpdate,
  description,
  extendBudgetUpdate,
  feedbackSignal,
  pauseSignal,
  resumeSignal,
  revisePlanUpdate,
  stopSignal,
} from './messages.ts';
import type { Models } from './schema/models.ts';

type Take = (message: PersonMessage) => void;

/** What is malformed becomes a refused message: a signal's handler never throws. */
export function takeSignals(take: Take): void {
  // First of all, since what waits for a handler is given to the default one in the order in which it has arrived.
  setDefaultSignalHandler((name, payload) => take(readSignal(name, payload)));
  for (const { signal, read, about } of personSignals) {
    setHandler(signal, (payload?: unknown) => take(read(payload, now())), { description: about });
  }
}

const personSignals = [
  { signal: feedbackSignal, read: readFeedback, about: description.feedback },
  { signal: pauseSignal, read: readPause, about: description.pause },
  { signal: resumeSignal, read: readResume, about: description.resume },
  { signal: stopSignal, read: readStop, about: description.stop },
];

function readSignal(name: string, payload: unknown): PersonMessage {
  const known = personSignals.map(({ signal }) => signal.name);
  const read = personSignals.find(({ signal }) => signal.name === name)?.read;
  return read === undefined ? readUnknown({ name, known }, payload, now()) : read(payload, now());
}

export interface UpdateDesk {
  take: Take;
  standing: () => Standing;
}

/** What is malformed, or cannot be taken as things stand, is thrown back at its sender and leaves no trace. */
export function takeUpdates(desk: UpdateDesk): void {
  takeExtensions(desk);
  takeModelChanges(desk);
  takePlanChanges(desk);
  takeAbandonments(desk);
  takeDecisions(desk);
}

function takeExtensions({ take, standing }: UpdateDesk): void {
  setHandler(
    extendBudgetUpdate,
    (payload) => {
      const { value: extension, by, id } = accepted(readExtension(payload));
      take({ kind: 'extendBudget', extension, by, id, at: now() });
      return standing().mailbox.extension;
    },
    {
      description: description.extendBudget,
      validator: (payload) => refuse(refuseExtension(standing(), accepted(readExtension(payload)).value)),
    },
  );
}

/**
 * Whether there are such models only a worker with the keys can say, so this one is checked by an activity; one after
 * the other, so that the newest word counts.
 */
function takeModelChanges({ take, standing }: UpdateDesk): void {
  let earlier: Promise<unknown> = Promise.resolve();
  const change = async (payload: unknown): Promise<Models> => {
    const { value: models, by, id } = accepted(readModelChange(payload));
    const hasMoneyBudget = standing().budget?.usd !== undefined;
    const check = await languageModel.checkModels.executeWithOptions({ summary: 'check the new models' }, [
      { models, hasMoneyBudget, roles: 'named' },
    ]);
    if (check.kind === 'unfit') throw invalid(check.problems.join('; '));
    take({ kind: 'changeModel', models: check.models, by, id, at: now() });
    return standing().mailbox.models;
  };
  setHandler(
    changeModelUpdate,
    async (payload) => {
      const changed = earlier.then(() => change(payload));
      earlier = changed.catch(() => null);
      return await changed;
    },
    { description: description.changeModel, validator: (payload) => void accepted(readModelChange(payload)) },
  );
}

function takePlanChanges({ take, standing }: UpdateDesk): void {
  setHandler(
    revisePlanUpdate,
    (payload) => {
      const { value, by, id } = accepted(readPlanChange(payload));
      take({ kind: 'revisePlan', ...value, by, id, at: now() });
      return { message: numberOf(standing().mailbox, id), applies: 'before the next trial' };
    },
    {
      description: description.revisePlan,
      validator(payload) {
        accepted(readPlanChange(payload));
        refuse(refusePlanChange(standing()));
      },
    },
  );
}

/** The one with this id, where it had been taken before; else the newest. */
function numberOf({ recent, recorded, inbox }: Mailbox, id: string | null): number {
  const known = id === null ? undefined : recent.findLast((head) => head.id === id);
  return known?.number ?? recorded + inbox.length;
}

function takeAbandonments({ take, standing }: UpdateDesk): void {
  setHandler(
    abandonTrialUpdate,
    (payload) => {
      const { value, by, id } = accepted(readAbandonment(payload));
      take({ kind: 'abandonTrial', ...value, by, id, at: now() });
      return { trial: value.trial };
    },
    {
      description: description.abandonTrial,
      validator: (payload) => refuse(refuseAbandonment(standing(), accepted(readAbandonment(payload)).value.trial)),
    },
  );
}

function takeDecisions({ take, standing }: UpdateDesk): void {
  setHandler(
    decideUpdate,
    (payload) => {
      const { value, by } = accepted(readDecision(payload));
      take({ kind: 'decide', decision: value.id, choice: value.choice, by, id: null, at: now() });
      return value;
    },
    {
      description: description.decide,
      validator: (payload) => refuse(refuseDecision(standing(), accepted(readDecision(payload)).value)),
    },
  );
}

type Accepted<T> = Exclude<UpdateReading<T>, { problem: string }>;

function accepted<T>(reading: UpdateReading<T>): Accepted<T> {
  if ('problem' in reading) throw invalid(reading.problem);
  return reading;
}

function refuse(problem: string | null): void {
  if (problem !== null) throw invalid(problem);
}

function invalid(problem: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(problem, failureType.invalidInput);
}

function now(): string {
  return new Date().toISOString();
}
