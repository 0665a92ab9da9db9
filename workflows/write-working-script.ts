import type { ArtifactReference } from './schema/artifact-reference.ts';
import { equipment, hosts } from './activity-proxies.ts';
import { askUntilUsable } from './ask-until-usable.ts';
import { addSpending, nothingSpent, rehearsalDeadlineSeconds, type Spending } from './domain/budget.ts';
import type { Execution } from './domain/execution.ts';
import type { ScriptFailure, TrialBrief, TrialOutcome } from './domain/trial.ts';
import { trialSummary } from './domain/trial-summary.ts';
import { executeAndCount } from './execute-and-count.ts';
import type { TrialAsker } from './trial-asker.ts';

/** What has been written so far, with all that it took to get there. */
export type WrittenScript = { rounds: number; rehearsals: Execution[]; spending: Spending; shortage: string | null } & (
  | { kind: 'working'; title: string; script: ArtifactReference; lock: ArtifactReference | null }
  | { kind: 'faulty'; title: string; script: ArtifactReference; failure: ScriptFailure }
  | { kind: 'unwritten'; title: string; script: ArtifactReference | null; problem: string }
  | { kind: 'stopped'; title: string; script: ArtifactReference }
);

/** How many versions of a script are written before the trial gives up on it. */
const mostVersions = 4;

/**
 * Write, compile, rehearse; what fails goes back to the model with its traceback. A rehearsal costs a minute, a
 * training hours, so most bugs are meant to be met here.
 */
export async function writeWorkingScript(asker: TrialAsker, brief: TrialBrief): Promise<WrittenScript> {
  let written = await writeVersion(asker, brief, { version: 1, earlier: null });
  for (let version = 2; written.kind === 'faulty' && version <= mostVersions; version += 1) {
    written = await writeVersion(asker, brief, { version, earlier: written });
  }
  return written;
}

type Faulty = Extract<WrittenScript, { kind: 'faulty' }>;

async function writeVersion(
  asker: TrialAsker,
  input: TrialBrief,
  { version, earlier }: { version: number; earlier: Faulty | null },
): Promise<WrittenScript> {
  await asker.begin('writing');
  const fault = earlier === null ? null : { script: earlier.script, failure: earlier.failure };
  const before = earlier ?? { rounds: 0, rehearsals: [], spending: nothingSpent };
  const act = version === 1 ? 'write the script' : `mend the script (version ${version})`;
  const summary = trialSummary(input.number, act);
  const answer = await askUntilUsable(
    { asker, role: 'coder' },
    {
      ask: (model, round) =>
        model.writeTrainingScript.executeWithOptions({ summary }, [{ ...input, ...round, version, fault }]),
      firstRound: before.rounds + 1,
    },
  );
  const spent = {
    rounds: before.rounds + answer.rounds,
    rehearsals: before.rehearsals,
    spending: addSpending(before.spending, answer.spending),
    shortage: answer.kind === 'unusable' ? answer.shortage : null,
  };
  if (answer.kind === 'unusable') {
    const problem = answer.problems.join('; ').slice(0, 400);
    return { kind: 'unwritten', title: 'no usable script', script: fault?.script ?? null, problem, ...spent };
  }

  const { title, script } = answer.value;
  await asker.goOn();
  const packages = await checkScript(asker, input, script);
  if (packages.kind === 'failed') return { kind: 'faulty', title, script, failure: packages.failure, ...spent };

  const rehearsal = await rehearse(asker, input, { script, lock: packages.lock, version });
  const { outcome } = rehearsal;
  const rehearsed = { ...spent, rehearsals: [...spent.rehearsals, rehearsal] };
  if (outcome.kind === 'completed') return { kind: 'working', title, script, lock: packages.lock, ...rehearsed };
  if (outcome.kind === 'stopped') return { kind: 'stopped', title, script, ...rehearsed };
  return { kind: 'faulty', title, script, failure: outcome, ...rehearsed };
}

type CheckedScript = { kind: 'fit'; lock: ArtifactReference | null } | { kind: 'failed'; failure: ScriptFailure };

/** What costs no GPU: the script compiles, and the packages it declares are there. */
async function checkScript(asker: TrialAsker, input: TrialBrief, script: ArtifactReference): Promise<CheckedScript> {
  const { experiment, number, packages: allowed } = input;
  const check = await hosts.checkTrainingScript.executeWithOptions(
    { summary: trialSummary(number, 'check that the script compiles') },
    [{ experiment, script }],
  );
  if (check.kind === 'syntaxError') return { kind: 'failed', failure: check };
  if (!check.declaresPackages) return { kind: 'fit', lock: null };
  await asker.goOn();
  const installed = await equipment.installPackages.executeWithOptions(
    { summary: trialSummary(number, 'install the packages of the script') },
    [{ experiment, script, allowed }],
  );
  return installed.kind === 'installed'
    ? { kind: 'fit', lock: installed.lock }
    : { kind: 'failed', failure: installed };
}

async function rehearse(
  asker: TrialAsker,
  brief: TrialBrief,
  { script, lock, version }: { script: ArtifactReference; lock: ArtifactReference | null; version: number },
): Promise<Execution> {
  await asker.begin('rehearsing');
  const { experiment, number, metric, resources } = brief;
  const deadlineSeconds = rehearsalDeadlineSeconds(brief.deadlineSeconds);
  const name = `rehearsal-${version}`;
  const order = { experiment, trial: number, name, script, lock, seed: 0, deadlineSeconds, metric, resources };
  const summary = trialSummary(number, 'rehearse the script', version === 1 ? '' : `version ${version}`);
  return await executeAndCount(asker, { ...order, isRehearsal: true }, { activity: 'rehearseTraining', summary });
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
