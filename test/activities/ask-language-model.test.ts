import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { askLanguageModel, type Call } from '../../activities/ask-language-model.ts';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { loadPrompts } from '../../activities/adapters/prompt-library.ts';
import type { LanguageModelDependencies } from '../../activities/dependencies.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { anActivityEnvironment, runIn } from '../support/activity-environment.ts';
import { failureOf } from '../support/failures.ts';
import { folderContent } from '../support/folder-content.ts';
import { aReply, scriptedLanguageModel, type ScriptedLanguageModel } from '../support/scripted-language-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const failure = (type: string) => ApplicationFailure.create({ type, message: 'It failed.' });

describe('askLanguageModel', () => {
  const root = temporaryFolder();
  const prompts = loadPrompts(fileURLToPath(new URL('../../prompts', import.meta.url)));

  const call: Call = {
    experimentId: 'digits',
    owner: 'trial-007',
    prompt: 'summarize-log',
    models: {},
    round: 1,
    problems: [],
    inputs: { metric: 'val_error', 'digest of the logs': 'step 1' },
  };
  const otherCall: Call = { ...call, inputs: { ...call.inputs, 'digest of the logs': 'step 2' } };

  function dependencies(languageModel: ScriptedLanguageModel): LanguageModelDependencies {
    return {
      artifacts: localArtifactStore(root()),
      prompts,
      languageModel,
      modelFor: (role, models) => models[role] ?? `default-${role}`,
    };
  }

  async function ask(languageModel: ScriptedLanguageModel, asked: Call = call, environment = anActivityEnvironment()) {
    return await runIn(environment, () => askLanguageModel(dependencies(languageModel), asked));
  }

  const filesOf = () => folderContent(join(root(), 'digits', 'llm'));

  const failureAt = (attempt: number, type: string) =>
    failureOf(ask(scriptedLanguageModel(failure(type)), call, anActivityEnvironment({ attempt })));

  describe('a call of a language model', () => {
    it('answers with the text and what it cost', async () => {
      assert.deepEqual(await ask(scriptedLanguageModel('A summary.')), {
        text: 'A summary.',
        spending: { calls: 1, inputTokens: 10, outputTokens: 5, cost: 0.25, trainingSeconds: 0 },
      });
    });

    it('asks the model of the prompt’s role with the prompt’s messages', async () => {
      const languageModel = scriptedLanguageModel('A summary.');
      await ask(languageModel, { ...call, models: { analyst: 'wise-model', coder: 'other-model' } });
      const { prompt, model, messages } = languageModel.requests[0] ?? assert.fail('nobody was asked');
      assert.deepEqual([prompt, model], ['summarize-log', 'wise-model']);
      assert.equal(messages[0]?.content, prompts.get('summarize-log').system);
      assert.match(messages[1]?.content ?? '', /# digest of the logs\n\n~~~\nstep 1\n~~~/);
    });

    it('tells the model what was wrong with its last reply', async () => {
      const languageModel = scriptedLanguageModel('A summary.');
      await ask(languageModel, { ...call, round: 2, problems: ['verdict: is missing', 'reason: is empty'] });
      assert.match(
        languageModel.requests[0]?.messages[1]?.content ?? '',
        /# problems of your last reply\n\n~~~\nverdict: is missing\nreason: is empty\n~~~/,
      );
    });

    it('keeps request and reply on disk under owner, prompt and round', async () => {
      const languageModel = scriptedLanguageModel('A summary.');
      await ask(languageModel);
      const content = await filesOf();
      assert.deepEqual(Object.keys(content), ['trial-007/', 'trial-007/summarize-log-1.json']);
      const { request, reply } = JSON.parse(content['trial-007/summarize-log-1.json'] ?? '');
      assert.deepEqual([request, reply], [languageModel.requests[0], aReply('A summary.')]);
    });

    it('finds the stored reply on a retry and asks nobody', async () => {
      const first = await ask(scriptedLanguageModel('A summary.'));
      const nobody = scriptedLanguageModel();
      assert.deepEqual(await ask(nobody, call, anActivityEnvironment({ attempt: 2 })), first);
      assert.equal(nobody.requests.length, 0);
    });

    it('leaves the stored reply as it is on a retry', async () => {
      await ask(scriptedLanguageModel('A summary.'));
      const before = await filesOf();
      await ask(scriptedLanguageModel());
      assert.deepEqual(await filesOf(), before);
    });

    it('asks again in another round, whose reply is beside the first', async () => {
      await ask(scriptedLanguageModel('First.'));
      assert.equal((await ask(scriptedLanguageModel('Second.'), { ...call, round: 2 })).text, 'Second.');
      assert.equal((await ask(scriptedLanguageModel())).text, 'First.');
    });

    it('asks again when the request is another one', async () => {
      await ask(scriptedLanguageModel('First.'));
      assert.equal((await ask(scriptedLanguageModel('Second.'), otherCall)).text, 'Second.');
    });

    it('asks again when only the model is another one', async () => {
      await ask(scriptedLanguageModel('First.'));
      const other = { ...call, models: { analyst: 'wise-model' } };
      assert.equal((await ask(scriptedLanguageModel('Second.'), other)).text, 'Second.');
    });

    it('keeps the reply to another request beside the new one, byte for byte', async () => {
      await ask(scriptedLanguageModel('First.'));
      const path = 'trial-007/summarize-log-1.json';
      const { [path]: first = '' } = await filesOf();
      await ask(scriptedLanguageModel('Second.'), otherCall);
      const { [path]: second = '', ...others } = await filesOf();
      const kept = `trial-007/summarize-log-1.${JSON.parse(first).requestSha256.slice(0, 8)}.json`;
      assert.equal(JSON.parse(second).reply.text, 'Second.');
      assert.deepEqual(others, { 'trial-007/': '', [kept]: first });
    });

    it('hands the cancellation of the activity to the model', async () => {
      const environment = anActivityEnvironment();
      const languageModel = scriptedLanguageModel(async (signal) => {
        environment.cancel();
        assert.equal(signal.aborted, true);
        throw signal.reason;
      });
      await assert.rejects(ask(languageModel, call, environment), { name: 'CancelledFailure' });
    });

    it('shows in its heartbeat which model is asked, and in which attempt', async () => {
      const environment = anActivityEnvironment({ attempt: 3 });
      const beats: unknown[] = [];
      environment.on('heartbeat', (details: unknown) => beats.push(details));
      await ask(scriptedLanguageModel('A summary.'), call, environment);
      assert.deepEqual(beats[0], { model: 'default-analyst', attempt: 3, seconds: 0 });
    });
  });

  describe('a call of a language model that fails', () => {
    it('stores nothing', async () => {
      await failureAt(1, failureType.modelUnavailable);
      assert.deepEqual(
        Object.keys(await filesOf()).filter((path) => path.endsWith('.json')),
        [],
      );
    });

    it('asks again on the next attempt', async () => {
      await failureAt(1, failureType.modelUnavailable);
      assert.equal((await ask(scriptedLanguageModel('At last.'))).text, 'At last.');
    });

    it('is worth a retry for four incomplete replies', async () => {
      const { type, nonRetryable } = await failureAt(4, failureType.modelIncompleteReply);
      assert.deepEqual({ type, nonRetryable }, { type: failureType.modelIncompleteReply, nonRetryable: false });
    });

    it('is final with the fifth incomplete reply, and keeps its type and message', async () => {
      const { type, nonRetryable, message } = await failureAt(5, failureType.modelIncompleteReply);
      assert.deepEqual({ type, nonRetryable }, { type: failureType.modelIncompleteReply, nonRetryable: true });
      assert.equal(message, 'It failed. This was attempt 5.');
    });

    it('is worth a retry for ever when the provider cannot be reached', async () => {
      assert.equal((await failureAt(500, failureType.modelUnavailable)).nonRetryable, false);
    });
  });
});
