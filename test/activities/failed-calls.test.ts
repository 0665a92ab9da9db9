import assert from 'node:assert/strict';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { aCall, aFailure, asking, textOf } from '../support/asking.ts';
import { failureOf } from '../support/failures.ts';
import { localModels } from '../support/language-model-dependencies.ts';
import { aReply, scriptedLanguageModel } from '../support/scripted-language-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('askLanguageModel', () => {
  const root = temporaryFolder();
  const { ask, filesOf } = asking(root);
  const call = aCall();

  const failWith = (type: string, details: unknown[] = [], settings = localModels()) =>
    failureOf(ask(scriptedLanguageModel(aFailure(type, details)), call, { settings }));

  describe('a call of a language model that fails', () => {
    it('stores no reply, but what its attempts came to', async () => {
      await failWith(failureType.modelUnavailable);
      assert.deepEqual(Object.keys(await filesOf()), ['trial-007/', 'trial-007/summarize-log-1.attempts.json']);
    });

    it('asks again on the next attempt', async () => {
      await failWith(failureType.modelUnavailable);
      assert.equal(textOf(await ask(scriptedLanguageModel('At last.'))), 'At last.');
    });

    it('is worth a retry for ever when the provider cannot be reached', async () => {
      for (let attempt = 0; attempt < 20; attempt += 1) {
        assert.equal((await failWith(failureType.modelUnavailable)).type, failureType.modelUnavailable);
      }
    });

    it('counts what a reply that broke off has cost', async () => {
      await failWith(failureType.modelIncompleteReply, [{ inputTokens: 100, outputTokens: 50, isEstimated: true }]);
      const { spending } = await ask(scriptedLanguageModel('At last.'));
      assert.deepEqual([spending.calls, spending.inputTokens, spending.outputTokens], [2, 110, 55]);
    });

    it('sends a smaller prompt when the last was too long', async () => {
      const long = { ...call, inputs: { ...call.inputs, 'digest of the logs': 'step 1 loss 0.5\n'.repeat(2_000) } };
      await failureOf(
        ask(scriptedLanguageModel(aFailure(failureType.modelPromptTooLong, [{ limitTokens: 9_000 }])), long),
      );
      const languageModel = scriptedLanguageModel('A summary.');
      await ask(languageModel, long);
      const { promptTokens = 0, messages } = languageModel.requests[0] ?? {};
      assert.ok(promptTokens > 1_000 && promptTokens < 9_000, `${promptTokens} tokens`);
      assert.match(messages?.[1]?.content ?? '', /tokens \(.* lines\) left out/);
    });

    it('waits for a person when its prompt was too long three times', async () => {
      await failWith(failureType.modelPromptTooLong);
      await failWith(failureType.modelPromptTooLong);
      assert.equal((await failWith(failureType.modelPromptTooLong)).type, failureType.modelPromptNeverFits);
    });

    it('does not believe a reply to half a prompt', async () => {
      const cut = {
        ...aReply('Looks good.', 'promptCut'),
        usage: { inputTokens: 4096, outputTokens: 5, isEstimated: false },
      };
      const { type } = await failureOf(ask(scriptedLanguageModel(cut)));
      assert.equal(type, failureType.modelPromptTooLong);
      assert.equal((await ask(scriptedLanguageModel('At last.'))).spending.inputTokens, 4106);
    });

    it('asks for JSON on the next lower rung where the endpoint knows none', async () => {
      const asking = { ...call, output: { name: 'x', jsonSchema: {} } };
      await failureOf(ask(scriptedLanguageModel(aFailure(failureType.modelFormatUnsupported)), asking));
      const languageModel = scriptedLanguageModel('{}');
      await ask(languageModel, asking);
      assert.equal(languageModel.requests[0]?.output?.rung, 'schema');
    });

    it('asks a fallback at once when a person has to do something for the first model', async () => {
      const models = { analyst: { model: 'local/first', fallbacks: ['local/second'] } };
      const settings = localModels(undefined, { models });
      assert.equal((await failWith(failureType.modelNoCredit, [], settings)).type, failureType.modelFallsBack);
      const languageModel = scriptedLanguageModel('A summary.');
      await ask(languageModel, call, { settings });
      assert.deepEqual(languageModel.asked, ['local/second']);
    });

    it('needs a person where no model has room for the prompt', async () => {
      const small = { analyst: { model: 'local/small', fallbacks: ['local/large'], contextTokens: 700 } };
      const settings = localModels(undefined, { models: small });
      assert.equal(
        (await failureOf(ask(scriptedLanguageModel(), call, { settings }))).type,
        failureType.modelFallsBack,
      );
      const failing = ask(scriptedLanguageModel(), call, { settings });
      assert.equal((await failureOf(failing)).type, failureType.modelPromptNeverFits);
    });

    it('lowers the limit of its reply to the one that the model has', async () => {
      const budgeted = { ...call, allowance: { tokens: 1_000_000, usd: null, calls: null } };
      const tooHigh = aFailure(failureType.modelOutputLimitTooHigh, [{ outputLimitTokens: 4_096 }]);
      await failureOf(ask(scriptedLanguageModel(tooHigh), budgeted));
      const languageModel = scriptedLanguageModel('A summary.');
      await ask(languageModel, budgeted);
      assert.equal(languageModel.requests[0]?.mostOutputTokens, 4_096);
    });

    it('needs a person where lowering the limit does not help', async () => {
      const tooHigh = aFailure(failureType.modelOutputLimitTooHigh, [{ outputLimitTokens: 4_096 }]);
      const budgeted = { ...call, allowance: { tokens: 1_000_000, usd: null, calls: null } };
      await failureOf(ask(scriptedLanguageModel(tooHigh), budgeted));
      assert.equal((await failureOf(ask(scriptedLanguageModel(tooHigh), budgeted))).type, failureType.modelBadRequest);
    });

    it('says in its failure what it has spent so far', async () => {
      const usage = { inputTokens: 100, outputTokens: 50, isEstimated: true };
      await failWith(failureType.modelIncompleteReply, [usage]);
      const { details } = await failWith(failureType.modelNoCredit);
      assert.match(JSON.stringify(details), /"byRole":\{"analyst":\{"calls":1,/);
    });

    it('needs a person when its only model does', async () => {
      assert.equal((await failWith(failureType.modelNoCredit)).type, failureType.modelNoCredit);
    });
  });
});
