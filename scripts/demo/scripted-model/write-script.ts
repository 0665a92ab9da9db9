import { baselineWithBug, isTried, ladder, repeatedTitle, rungOfTitle, untriedRungs, type Rung } from './ladder.ts';
import { describeCause, readFailure } from './read-failure.ts';
import { readTasks, requiredSection, type Sections } from './read-prompt.ts';
import { readTrials, type EarlierTrial } from './read-trials.ts';
import { joined, uncapitalized } from './words.ts';

/** What one script is for. */
interface Attempt {
  title: string;
  script: string;
  /** The paragraph below the title. */
  intention: string;
}

/** The script of the next rung; after a failure the mended one. */
export function writeScript(sections: Sections): string {
  const { title, script, intention } = chooseAttempt(sections);
  const people = sections.has('what people said')
    ? 'What people said was read. This researcher is scripted, so it cannot act on it.'
    : '';
  return joined([`# ${title}`, [intention, people].filter((text) => text !== '').join(' '), fenced(script)]);
}

function chooseAttempt(sections: Sections): Attempt {
  const trials = readTrials(sections);
  const step = requiredSection(sections, 'step');
  const fault = sections.get('what went wrong with it');
  const parent = parentOf(step, trials);
  const isDebug = step.startsWith('Debug') && parent !== null;
  const rung = (isDebug ? rungOfTitle(parent.title) : null) ?? nextRung(trials, sections);
  const best = isDebug ? null : parent;

  const isRepeated = !isDebug && isTried(rung, trials);
  const shared = { title: isRepeated ? repeatedTitle(rung) : rung.title, script: rung.script };
  if (fault !== undefined) return { ...shared, intention: `${mending(fault)} ${novelty(rung, best)}` };
  if (isDebug) return { ...shared, intention: `${mending(parent.outcome)} ${novelty(rung, best)}` };
  if (isRepeated) return { ...shared, intention: repetition(rung, best) };
  const isFirst = rung === ladder[0] && trials.length === 0;
  return { ...shared, ...(isFirst ? { script: baselineWithBug } : {}), intention: novelty(rung, best) };
}

/** The first rung that is left, else the last one once more. */
function nextRung(trials: readonly EarlierTrial[], sections: Sections): Rung {
  const rung = untriedRungs(trials, readTasks(sections))[0] ?? ladder.at(-1);
  if (rung === undefined) throw new Error('The ladder has no rungs.');
  return rung;
}

function parentOf(step: string, trials: readonly EarlierTrial[]): EarlierTrial | null {
  const number = Number(/\btrial (\d+)/.exec(step)?.[1]);
  return trials.find((trial) => trial.number === number) ?? null;
}

function mending(fault: string): string {
  const failure = readFailure(fault);
  const cause = failure.error === null ? '' : `: ${describeCause(failure)}`;
  return `Mends the script and changes nothing else. What went wrong: ${failure.headline}${cause}. If the same error comes back, its cause was misread.`;
}

function repetition({ title }: Rung, best: EarlierTrial | null): string {
  const measured = best === null ? '' : ` The best so far is trial ${best.number} with ${best.outcome}.`;
  return `Nothing is left to try that this researcher knows, so the script of "${title}" is proposed once more, unchanged.${measured} The same seeds give the same values; only other seeds or a new idea would teach something.`;
}

function novelty({ change, hope, doubt, alsoChanged }: Rung, best: EarlierTrial | null): string {
  const start = best === null ? '' : ` The mark to beat is trial ${best.number} (${best.title}) with ${best.outcome}.`;
  const also = alsoChanged === null ? '' : ` Changed beside it: ${alsoChanged}.`;
  return `What is tried: ${uncapitalized(change)}.${start} ${hope}. ${doubt}.${also}`;
}

function fenced(script: string): string {
  return `\`\`\`python\n${script.trimEnd()}\n\`\`\``;
}
