import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { Budget } from './schema/experiment-input.ts';
import { languageModel } from './activity-proxies.ts';
import { mostTrials } from './domain/budget.ts';
import { failureType } from './domain/failure-type.ts';
import type { Mailbox } from './domain/mailbox.ts';
import {
  readExtension,
  readFeedback,
  readModelChange,
  readPause,
  readResume,
  readStop,
  type PersonMessage,
  type UpdateReading,
} from './domain/person-message.ts';
import {
  changeModelsUpdate,
  description,
  extendBudgetUpdate,
  feedbackSignal,
  pauseSignal,
  resumeSignal,
  stopSignal,
} from './messages.ts';

type Take = (message: PersonMessage) => void;

/** What is malformed becomes a refused message: a signal's handler never throws. */
export function takeSignals(take: Take): void {
  setHandler(feedbackSignal, (payload) => take(readFeedback(payload, now())), { description: description.feedback });
  setHandler(pauseSignal, (payload) => take(readPause(payload, now())), { description: description.pause });
  setHandler(resumeSignal, (payload) => take(readResume(payload, now())), { description: description.resume });
  setHandler(stopSignal, (payload) => take(readStop(payload, now())), { description: description.stop });
}

export interface UpdateDesk {
  take: Take;
  mailbox: () => Mailbox;
  /** As it is with its extensions; null until the input is checked. */
  budget: () => Budget | null;
}

/** What is malformed is thrown back at its sender, and leaves no trace. */
export function takeUpdates({ take, mailbox, budget }: UpdateDesk): void {
  setHandler(
    extendBudgetUpdate,
    (payload) => {
      const { value: extension, by, id } = accepted(readExtension(payload));
      take({ kind: 'extendBudget', extension, by, id, at: now() });
      return mailbox().extension;
    },
    {
      description: description.extendBudget,
      validator(payload) {
        const { value } = accepted(readExtension(payload));
        if ((budget()?.trials ?? 0) + (value.trials ?? 0) > mostTrials) {
          throw invalid(`trials: an experiment makes at most ${mostTrials}`);
        }
      },
    },
  );
  setHandler(
    changeModelsUpdate,
    async (payload) => {
      const { value: models, by, id } = accepted(readModelChange(payload));
      const check = await languageModel.checkModels.executeWithOptions({ summary: 'check the new models' }, [
        { models, hasMoneyBudget: budget()?.usd !== undefined, roles: 'named' },
      ]);
      if (check.kind === 'unfit') throw invalid(check.problems.join('; '));
      take({ kind: 'changeModels', models: check.models, by, id, at: now() });
      return mailbox().models;
    },
    { description: description.changeModels, validator: (payload) => void accepted(readModelChange(payload)) },
  );
}

type Accepted<T> = Exclude<UpdateReading<T>, { problem: string }>;

function accepted<T>(reading: UpdateReading<T>): Accepted<T> {
  if ('problem' in reading) throw invalid(reading.problem);
  return reading;
}

function invalid(problem: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(problem, failureType.invalidInput);
}

function now(): string {
  return new Date().toISOString();
}
