import assert from 'node:assert/strict';
import { writeTrainingScript, type WriteTrainingScriptInput } from '../../activities/write-training-script.ts';
import type { TrialOutcome } from '../../workflows/domain/trial.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { aMetric, anExperiment, aRound, aTrialResult, someResources } from '../support/builders.ts';
import { languageModelDependencies } from '../support/language-model-dependencies.ts';
import { scriptedLanguageModel } from '../support/scripted-language-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const reply = '# Mended\n\nBecause.\n\n```python\nprint(1)\n```';
const traceback =
  'Traceback (most recent call last):\n  File "train.py", line 7, in <module>\nRuntimeError: CUDA out of memory';
const crash = { kind: 'crashed', exitCode: 1, signal: null, excerpt: traceback } as const;

describe('writeTrainingScript', () => {
  const folder = temporaryFolder();

  /** The user message of the prompt for a trial after one with this outcome. */
  async function promptAfter(outcome: TrialOutcome, overrides: Partial<WriteTrainingScriptInput>): Promise<string> {
    const languageModel = scriptedLanguageModel(reply);
    const dependencies = languageModelDependencies(folder(), languageModel);
    const experiment = anExperiment();
    const files = dependencies.artifacts.folder(experiment.id);
    await files.write('IDEA.md', 'Try it.');
    await files.write('host.md', '- GPUs: none');
    await files.write('plans/PLAN-001.md', 'First the baseline.');
    await files.write('trials/001/entry.md', '## Trial 1: baseline');
    await files.write('trials/001/train.py', 'print("the failed script")');
    await files.write('trials/001/result.json', JSON.stringify(aTrialResult({ number: 1, outcome })));
    const input: WriteTrainingScriptInput = {
      experiment,
      number: 2,
      step: { kind: 'debug', parent: 1 },
      metric: aMetric(),
      ...aRound(),
      seeds: 1,
      deadlineSeconds: 60,
      resources: someResources(),
      packages: [],
      planVersion: 1,
      tasks: [],
      earlierTrials: [1],
      best: null,
      messages: 0,
      version: 1,
      fault: null,
      ...overrides,
    };
    await runIn(anActivityEnvironment(), () => writeTrainingScript(dependencies, input));
    return languageModel.requests[0]?.messages[1]?.content ?? '';
  }

  it('gives the trial that is to mend a failed training its traceback word for word', async () => {
    const failed = { kind: 'trainingFailed', seed: 1, failure: crash, completedSeeds: 0 } as const;
    const prompt = await promptAfter(failed, {});
    assert.ok(prompt.includes(traceback), prompt);
    assert.ok(prompt.includes('the failed script'));
  });

  it('does so for a rehearsal that no version of the trial before came through', async () => {
    assert.ok((await promptAfter({ kind: 'rehearsalFailed', failure: crash }, {})).includes(traceback));
  });

  it('gives advice on the kind of a failure before its output', async () => {
    const failure = { kind: 'outOfGpuMemory', excerpt: traceback } as const;
    const prompt = await promptAfter({ kind: 'rehearsalFailed', failure }, {});
    assert.match(prompt, /its rehearsal ran out of GPU memory\.\n\nMake the batch smaller[^\n]*\n\nTraceback/);
  });

  it('says of no failure where the trial is to improve a measured one', async () => {
    const measured: TrialOutcome = { kind: 'completed', mean: 5, standardDeviation: null, values: [5] };
    const prompt = await promptAfter(measured, { step: { kind: 'improve', parent: 1 } });
    assert.ok(!prompt.includes('what went wrong with it'));
  });

  it('gives the newest failure of its own trial before that of the parent', async () => {
    const script = await languageModelDependencies(folder(), scriptedLanguageModel())
      .artifacts.folder(anExperiment().id)
      .write('trials/002/versions/train-1.py', 'x');
    const failure = { kind: 'syntaxError', excerpt: 'line 3: invalid syntax' } as const;
    const failed = { kind: 'trainingFailed', seed: 1, failure: crash, completedSeeds: 0 } as const;
    const prompt = await promptAfter(failed, { version: 2, fault: { script, failure } });
    assert.ok(prompt.includes('line 3: invalid syntax') && !prompt.includes(traceback));
  });
});
