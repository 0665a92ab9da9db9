import type { ArtifactReference } from './schema/artifact-reference.ts';
import { hosts, languageModel } from './activity-proxies.ts';
import { askUntilUsable } from './ask-until-usable.ts';
import { addSpending, nothingSpent, rehearsalDeadlineSeconds, type Spending } from './domain/budget.ts';
import type { Execution } from './domain/execution.ts';
import type { ScriptFailure, TrialInput, TrialOutcome } from './domain/trial.ts';
import { trialSummary } from './domain/trial-summary.ts';
import { executeOnGpu } from './execute-on-gpu.ts';

/** What has been written so far, with all that it took to get there. */
export type WrittenScript = { rounds: number; rehearsals: Execution[]; spending: Spending } & (
  | { kind: 'working'; title: string; script: ArtifactReference }
  | { kind: 'faulty'; title: string; script: ArtifactReference; failure: ScriptFailure }
  | { kind: 'unwritten'; title: string; script: ArtifactReference | null; problem: string }
  | { kind: 'stopped'; title: string; script: ArtifactReference }
);

/** How many versions of a script are written before the trial gives up on it. */
const mostVersions = 4;

/**
 * Write, compile, rehearse; what fails goes back to the model with its traceback. A rehearsal costs a minute, a
 * training hours, so most bugs are meant to be met here. `messages` is read anew for every version.
 */
export async function writeWorkingScript(input: TrialInput, messages: () => number): Promise<WrittenScript> {
  let written = await writeVersion({ ...input, messages: messages() }, 1, null);
  for (let version = 2; written.kind === 'faulty' && version <= mostVersions; version += 1) {
    written = await writeVersion({ ...input, messages: messages() }, version, written);
  }
  return written;
}

type Faulty = Extract<WrittenScript, { kind: 'faulty' }>;

async function writeVersion(input: TrialInput, version: number, earlier: Faulty | null): Promise<WrittenScript> {
  const fault = earlier === null ? null : { script: earlier.script, failure: earlier.failure };
  const before = earlier ?? { rounds: 0, rehearsals: [], spending: nothingSpent };
  const summary = trialSummary(
    input.number,
    version === 1 ? 'write the script' : `mend the script (version ${version})`,
  );
  const answer = await askUntilUsable(
    (round) =>
      languageModel.writeTrainingScript.executeWithOptions({ summary }, [{ ...input, ...round, version, fault }]),
    before.rounds + 1,
  );
  const spent = {
    rounds: before.rounds + answer.rounds,
    rehearsals: before.rehearsals,
    spending: addSpending(before.spending, answer.spending),
  };
  if (answer.kind === 'unusable') {
    const problem = answer.problems.join('; ').slice(0, 400);
    return { kind: 'unwritten', title: 'no usable script', script: fault?.script ?? null, problem, ...spent };
  }

  const { title, script } = answer.value;
  const check = await hosts.checkTrainingScript.executeWithOptions(
    { summary: trialSummary(input.number, 'check that the script compiles') },
    [{ experiment: input.experiment, script }],
  );
  if (check.kind === 'syntaxError') return { kind: 'faulty', title, script, failure: check, ...spent };

  const rehearsal = await rehearse(input, script, version);
  const { outcome } = rehearsal;
  const rehearsed = { ...spent, rehearsals: [...spent.rehearsals, rehearsal] };
  if (outcome.kind === 'completed') return { kind: 'working', title, script, ...rehearsed };
  if (outcome.kind === 'stopped') return { kind: 'stopped', title, script, ...rehearsed };
  return { kind: 'faulty', title, script, failure: outcome, ...rehearsed };
}

async function rehearse(input: TrialInput, script: ArtifactReference, version: number): Promise<Execution> {
  return await executeOnGpu(
    'rehearseTraining',
    {
      experiment: input.experiment,
      trial: input.number,
      name: `rehearsal-${version}`,
      script,
      seed: 0,
      isRehearsal: true,
      deadlineSeconds: rehearsalDeadlineSeconds(input.deadlineSeconds),
      metricName: input.metric.name,
    },
    trialSummary(input.number, 'rehearse the script', version === 1 ? '' : `version ${version}`),
  );
}

/** What a trial comes to whose script never worked. */
export function outcomeWithoutTraining(written: Exclude<WrittenScript, { kind: 'working' }>): TrialOutcome {
  switch (written.kind) {
    case 'faulty':
      return { kind: 'rehearsalFailed', failure: written.failure };
    case 'unwritten':
      return { kind: 'unwritten', problem: written.problem };
    case 'stopped':
      return { kind: 'stopped' };
  }
}
