import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { ExperimentState, Surroundings } from './domain/experiment-state.ts';
import { describeHold, type Hold } from './domain/hold.ts';
import { bestTrial } from './domain/journal.ts';
import { makeNotice } from './domain/make-notice.ts';
import type { Notice } from './domain/notice.ts';
import type { Moment } from './domain/progress.ts';
import { renderDetails } from './domain/render-details.ts';
import { searchAttribute } from './domain/search-attributes.ts';
import { stageAttribute } from './domain/stage-attribute.ts';
import type { ExperimentIdentity } from './domain/trial.ts';
import type { NoticeBoard } from './notice-board.ts';

/** What the Temporal Web UI and the webhook get to see without asking. */
export interface Showcase {
  show(state: ExperimentState | null, moment: Moment, surroundings: Surroundings | null): void;
}

interface ShowcaseBasis {
  experiment: ExperimentIdentity;
  notices: NoticeBoard;
  hold: Hold | null;
}

/** `hold`: what the workflow run before has told people of already. */
export function openShowcase({ experiment, notices, hold: earlier }: ShowcaseBasis): Showcase {
  let shownAttributes = '';
  let toldOf = earlier === null ? '' : occasionOf(earlier);
  return {
    show(state, moment, surroundings) {
      setCurrentDetails(renderDetails(state, moment));
      if (surroundings === null) return;
      if (surroundings.hasSearchAttributes) shownAttributes = showAttributes(state, moment, shownAttributes);
      const hold = moment.hold ?? moment.trial.hold;
      if (hold === null || occasionOf(hold) === toldOf) return;
      toldOf = occasionOf(hold);
      if (surroundings.hasWebhook) notices.post(noticeOfHold(hold, { experiment, state, moment }));
    },
  };
}

function noticeOfHold(
  hold: Hold,
  { experiment, state, moment }: { experiment: ExperimentIdentity; state: ExperimentState | null; moment: Moment },
): Notice {
  const context = { experiment, state, at: new Date(moment.nowMilliseconds).toISOString() };
  const decision = hold.decision ?? null;
  return makeNotice(context, { event: 'waiting', occasion: occasionOf(hold), text: describeHold(hold), decision });
}

/** A decision is one occasion however often it is shown, in the next workflow run, too. */
function occasionOf({ decision, since }: Hold): string {
  return decision?.id ?? since;
}

/** Each upsert is an event of the history, so only what has changed is worth one. */
function showAttributes(state: ExperimentState | null, moment: Moment, shown: string): string {
  const stage = stageAttribute(moment);
  const best = state === null ? null : (bestTrial(state.journal, state.metric)?.mean ?? null);
  const title = state?.title ?? null;
  const attributes = JSON.stringify([stage, best, title]);
  if (attributes === shown) return shown;
  upsertSearchAttributes([
    { key: defineSearchAttributeKey(searchAttribute.stage.name, SearchAttributeType.KEYWORD), value: stage },
    ...(best === null
      ? []
      : [{ key: defineSearchAttributeKey(searchAttribute.best.name, SearchAttributeType.DOUBLE), value: best }]),
    ...(title === null
      ? []
      : [{ key: defineSearchAttributeKey(searchAttribute.title.name, SearchAttributeType.KEYWORD), value: title }]),
  ]);
  return attributes;
}
