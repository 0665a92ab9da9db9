import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { failureOf, runToEnd, trainings } from '../support/run-experiment.ts';
import { oneCall } from '../support/scripted-activities.ts';

describe('the workflow experiment', () => {
  it('goes from an idea through trials to a report once the target is measured', async () => {
    const { result, calls } = await runToEnd(trainings(6, 1.5));
    assert.equal(result.verdict, 'goalReached');
    assert.equal(result.bestTrial?.trial, 2);
    assert.equal(result.bestTrial?.mean, 1.5);
    const trial = [
      'writeTrainingScript',
      'checkTrainingScript',
      'rehearseTraining',
      'acceptExecution',
      'runTraining',
      'acceptExecution',
      'compactLog',
      'summarizeLog',
      'analyzeTrial',
      'recordTrial',
    ];
    assert.deepEqual(
      calls.map(({ activity }) => activity),
      ['openExperiment', 'checkModels', 'surveyHost', 'draftPlan', ...trial, ...trial, 'writeReport', 'publishReport'],
    );
  });

  it('does not believe an analyst who says that the target is reached', async () => {
    const value = { finding: 'Done!', verdict: 'goalReached' as const, reason: 'trust me', taskUpdates: [] };
    const { result } = await runToEnd(
      { ...trainings(6, 5), analyzeTrial: async () => ({ kind: 'usable', value, spending: oneCall }) },
      { idea: 'Try it.', budget: { trials: 2 } },
    );
    assert.equal(result.verdict, 'budgetSpent');
  });

  it('keeps the metric that a person asked for, whatever the planner says', async () => {
    const metric = { name: 'accuracy', direction: 'maximize', target: 4 };
    const { result } = await runToEnd(trainings(5), { idea: 'Try it.', metric });
    assert.deepEqual(result.metric, metric);
  });

  it('fails at once and with the problems when the input is not valid', async () => {
    const failure = await failureOf({
      async openExperiment() {
        throw ApplicationFailure.create({ type: 'InvalidInput', message: 'idea: is empty', nonRetryable: true });
      },
    });
    assert.equal(failure.type, 'InvalidInput');
    assert.match(failure.message, /idea: is empty/);
  });

  it('revises the plan when the analysis asks for it, and goes on under the new version', async () => {
    let analysed = 0;
    const { inputsOf } = await runToEnd({
      ...trainings(5, 1),
      async analyzeTrial() {
        analysed += 1;
        const verdict = analysed === 1 ? 'revisePlan' : 'continue';
        const value = {
          finding: 'Capacity is not it.',
          verdict,
          reason: 'augment instead',
          taskUpdates: [{ add: 'Augment' }],
        } as const;
        return { kind: 'usable', value: { ...value, taskUpdates: [...value.taskUpdates] }, spending: oneCall };
      },
    });
    assert.equal(inputsOf('revisePlan')[0]?.['reason'], 'augment instead');
    assert.deepEqual(
      inputsOf('writeTrainingScript').map(({ planVersion }) => planVersion),
      [1, 2],
    );
    assert.match(JSON.stringify(inputsOf('writeTrainingScript')[1]?.['tasks']), /Augment/);
  });

  it('asks again with the problems named when a reply is not usable', async () => {
    const { inputsOf } = await runToEnd({
      ...trainings(1),
      async draftPlan({ round }) {
        if (round === 1) return { kind: 'unusable', problems: ['tasks: is missing'], spending: oneCall };
        const metric = { name: 'val_error', direction: 'minimize', target: 2 } as const;
        return { kind: 'usable', value: { title: 'T', metric, tasks: ['Baseline'] }, spending: oneCall };
      },
    });
    assert.deepEqual(
      inputsOf('draftPlan').map(({ round, problems }) => ({ round, problems })),
      [
        { round: 1, problems: [] },
        { round: 2, problems: ['tasks: is missing'] },
      ],
    );
  });

  it('fails with the problems when three plans in a row are not usable', async () => {
    const failure = await failureOf({
      draftPlan: async () => ({ kind: 'unusable', problems: ['the reply has no fenced block'], spending: oneCall }),
    });
    assert.equal(failure.type, 'LanguageModel.UnusableReply');
    assert.match(failure.message, /no fenced block/);
  });

  it('keeps what was measured when the analysis cannot be read', async () => {
    const { result, inputsOf } = await runToEnd({
      ...trainings(1),
      analyzeTrial: async () => ({ kind: 'unusable', problems: ['not JSON'], spending: oneCall }),
    });
    assert.equal(result.verdict, 'goalReached');
    assert.match(JSON.stringify(inputsOf('recordTrial')[0]), /No usable analysis: not JSON/);
  });

  it('adds up what every call cost, unusable replies included', async () => {
    const { inputsOf } = await runToEnd({
      ...trainings(1),
      async writeReport({ round }) {
        return round === 1
          ? { kind: 'unusable', problems: ['x'], spending: oneCall }
          : { kind: 'usable', value: null, spending: oneCall };
      },
    });
    const { spending } = inputsOf('publishReport')[0] as { spending: { calls: number; inputTokens: number } };
    assert.equal(spending.calls, 6); // plan, script, summary, analysis, and the report twice
    assert.equal(spending.inputTokens, 60);
  });
});
