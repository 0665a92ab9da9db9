import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActivityCancellationDetails } from '@temporalio/common';
import type { Answered } from '../../activities/ask-language-model.ts';
import type { LanguageModelReply } from '../../activities/language-model/language-model.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { anActivityEnvironment } from '../support/activity-environment.ts';
import { aCall, asking, textOf } from '../support/asking.ts';
import { failureOf } from '../support/failures.ts';
import { localModels, plantedSecret, prompts } from '../support/language-model-dependencies.ts';
import { aReply, scriptedLanguageModel } from '../support/scripted-language-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('askLanguageModel', () => {
  const root = temporaryFolder();
  const { ask, filesOf } = asking(root);
  const call = aCall();
  const otherCall = aCall({ inputs: { ...call.inputs, 'digest of the logs': 'step 2' } });

  const path = 'trial-007/summarize-log-1.json';

  describe('a call of a language model', () => {
    it('answers with the text and what it cost, by role', async () => {
      const { kind, spending } = await ask(scriptedLanguageModel('A summary.'));
      const spent = { calls: 1, inputTokens: 10, outputTokens: 5, cost: 0.25, unpricedCalls: 0 };
      assert.deepEqual([kind, spending], ['complete', { ...spent, byRole: { analyst: spent }, trainingSeconds: 0 }]);
    });

    it('asks the model of the prompt’s role with the prompt’s messages', async () => {
      const languageModel = scriptedLanguageModel('A summary.');
      await ask(languageModel, { ...call, models: { analyst: 'local/wise', coder: 'local/other' } });
      const { prompt, messages } = languageModel.requests[0] ?? assert.fail('nobody was asked');
      assert.deepEqual([prompt, languageModel.asked], ['summarize-log', ['local/wise']]);
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

    it('keeps request, reply and cost on disk under owner, prompt and round', async () => {
      const languageModel = scriptedLanguageModel('A summary.');
      await ask(languageModel);
      const content = await filesOf();
      assert.deepEqual(Object.keys(content), ['trial-007/', path]);
      const { target, request, reply, cost, spent } = JSON.parse(content[path] ?? '');
      assert.deepEqual(
        [target, request.messages, reply, cost, spent.calls],
        [
          'local/default',
          languageModel.requests[0]?.messages,
          aReply('A summary.'),
          { usd: 0.25, source: 'provider' },
          1,
        ],
      );
    });

    it('finds the stored reply on a retry and asks nobody', async () => {
      const first = await ask(scriptedLanguageModel('A summary.'));
      const nobody = scriptedLanguageModel();
      const second = await ask(nobody, call, { environment: anActivityEnvironment({ attempt: 2 }) });
      assert.deepEqual([textOf(second), second.spending, nobody.requests.length], [textOf(first), first.spending, 0]);
    });

    it('leaves the stored reply as it is on a retry', async () => {
      await ask(scriptedLanguageModel('A summary.'));
      const before = await filesOf();
      await ask(scriptedLanguageModel());
      assert.deepEqual(await filesOf(), before);
    });

    it('finds the stored reply, too, when the models have been changed since', async () => {
      await ask(scriptedLanguageModel('First.'));
      const other = { ...call, models: { analyst: 'local/wise' } };
      assert.equal(textOf(await ask(scriptedLanguageModel(), other)), 'First.');
    });

    it('asks again in another round, whose reply is beside the first', async () => {
      await ask(scriptedLanguageModel('First.'));
      assert.equal(textOf(await ask(scriptedLanguageModel('Second.'), { ...call, round: 2 })), 'Second.');
      assert.equal(textOf(await ask(scriptedLanguageModel())), 'First.');
    });

    it('asks again when the question is another one', async () => {
      await ask(scriptedLanguageModel('First.'));
      assert.equal(textOf(await ask(scriptedLanguageModel('Second.'), otherCall)), 'Second.');
    });

    it('keeps the reply to another question beside the new one, byte for byte', async () => {
      await ask(scriptedLanguageModel('First.'));
      const { [path]: first = '' } = await filesOf();
      await ask(scriptedLanguageModel('Second.'), otherCall);
      const { [path]: second = '', ...others } = await filesOf();
      const kept = `trial-007/summarize-log-1.${JSON.parse(first).questionSha256.slice(0, 8)}.json`;
      assert.equal(JSON.parse(second).reply.text, 'Second.');
      assert.deepEqual(others, { 'trial-007/': '', [kept]: first });
    });

    it('hands the cancellation of the activity to the model', async () => {
      const environment = anActivityEnvironment();
      const languageModel = scriptedLanguageModel(async ({ signal }) => {
        environment.cancel();
        assert.equal(signal.aborted, true);
        throw signal.reason;
      });
      await assert.rejects(ask(languageModel, call, { environment }), { name: 'CancelledFailure' });
    });

    it('receives a reply that has begun to its end, whoever cancels it', async () => {
      const environment = anActivityEnvironment();
      const languageModel = scriptedLanguageModel(async (watch) => {
        watch.onProgress(1);
        environment.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
        return watch.signal.aborted ? 'half of it' : 'all of it';
      });
      assert.equal(textOf(await ask(languageModel, call, { environment })), 'all of it');
    });

    it('breaks a reply off when its worker shuts down', async () => {
      const environment = anActivityEnvironment();
      const languageModel = scriptedLanguageModel(async (watch) => {
        watch.onProgress(1);
        environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
        return watch.signal.aborted ? 'half of it' : 'all of it';
      });
      assert.equal(textOf(await ask(languageModel, call, { environment })), 'half of it');
    });

    it('counts what had arrived when its worker ended', async () => {
      const environment = anActivityEnvironment();
      const languageModel = scriptedLanguageModel(async (watch) => {
        watch.onProgress(2_000);
        environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
        throw watch.signal.reason;
      });
      await assert.rejects(ask(languageModel, call, { environment }), { name: 'CancelledFailure' });
      const { spending } = await ask(scriptedLanguageModel('A summary.'));
      assert.deepEqual([spending.calls, spending.outputTokens], [2, 2_005]);
    });

    it('asks nobody while nothing can be stored', async () => {
      await writeFile(join(root(), 'artifacts'), '');
      const nobody = scriptedLanguageModel();
      assert.equal((await failureOf(ask(nobody))).type, failureType.artifactStoreUnavailable);
      assert.equal(nobody.requests.length, 0);
    });

    it('is kept in memory while its reply cannot be stored, and not paid for again', async () => {
      const languageModel = scriptedLanguageModel(async () => {
        // A file stands where the folder of the calls belongs.
        await mkdir(join(root(), 'artifacts', 'digits'), { recursive: true });
        await writeFile(join(root(), 'artifacts', 'digits', 'llm'), '');
        setTimeout(() => void rm(join(root(), 'artifacts', 'digits', 'llm')), 500);
        return 'A summary.';
      });
      assert.equal(textOf(await ask(languageModel)), 'A summary.');
      assert.equal(textOf(await ask(scriptedLanguageModel())), 'A summary.');
    });

    it('shows in its heartbeat which model is asked, and in which attempt', async () => {
      const environment = anActivityEnvironment({ attempt: 3 });
      const beats: unknown[] = [];
      environment.on('heartbeat', (details: unknown) => beats.push(details));
      await ask(scriptedLanguageModel('A summary.'), call, { environment });
      assert.deepEqual(beats[0], { model: 'local/default', attempt: 3, outputTokens: 0, seconds: 0 });
    });
  });

  describe('a reply that is no answer', () => {
    const endings: [ending: LanguageModelReply['ending'], kind: Answered['kind']][] = [
      ['cut', 'cut'],
      ['refused', 'refused'],
      ['empty', 'unusable'],
      ['runaway', 'unusable'],
    ];
    for (const [ending, kind] of endings) {
      it(`is ${kind} when it ended as ${ending}, and is paid for`, async () => {
        const answer = await ask(scriptedLanguageModel(aReply('Text.', ending)));
        assert.deepEqual([answer.kind, answer.spending.calls], [kind, 1]);
      });

      it(`is found on a retry when it ended as ${ending}`, async () => {
        await ask(scriptedLanguageModel(aReply('Text.', ending)));
        assert.equal((await ask(scriptedLanguageModel())).kind, kind);
      });
    }

    it('is unusable when it was cut in the middle of its JSON', async () => {
      const output = { name: 'x', jsonSchema: {} };
      assert.equal((await ask(scriptedLanguageModel(aReply('{', 'cut')), { ...call, output })).kind, 'unusable');
    });

    it('is continued: the model sees what it has written, and the parts are one text', async () => {
      await ask(scriptedLanguageModel(aReply('One, tw', 'cut')));
      const languageModel = scriptedLanguageModel('o, three.');
      const answer = await ask(languageModel, { ...call, round: 2, continues: 1 });
      assert.equal(textOf(answer), 'One, two, three.');
      const messages = languageModel.requests[0]?.messages.slice(2);
      assert.deepEqual([messages?.[0], messages?.[1]?.role], [{ role: 'assistant', content: 'One, tw' }, 'user']);
    });

    it('is continued from all of its parts', async () => {
      await ask(scriptedLanguageModel(aReply('One, ', 'cut')));
      await ask(scriptedLanguageModel(aReply('two, ', 'cut')), { ...call, round: 2, continues: 1 });
      const last = await ask(scriptedLanguageModel('three.'), { ...call, round: 3, continues: 1 });
      assert.equal(textOf(last), 'One, two, three.');
    });
  });

  describe('a call and its budget', () => {
    it('is not made where it does not fit', async () => {
      const nobody = scriptedLanguageModel();
      const answer = await ask(nobody, { ...call, allowance: { tokens: 100, usd: null, calls: null } });
      assert.equal(answer.kind, 'overBudget');
      assert.equal(nobody.requests.length, 0);
    });

    it('may write no more than what is left of the tokens', async () => {
      const languageModel = scriptedLanguageModel('A summary.');
      await ask(languageModel, { ...call, allowance: { tokens: 3_000, usd: null, calls: null } });
      const { mostOutputTokens, promptTokens } = languageModel.requests[0] ?? assert.fail();
      assert.equal(mostOutputTokens, 3_000 - Math.ceil(promptTokens * 1.2));
    });

    it('may write no more than what is left of the money, by the price table', async () => {
      const prices = { date: '2026-11-01', models: { 'local/default': { input: 0, output: 100 } } };
      const languageModel = scriptedLanguageModel('A summary.');
      const allowance = { tokens: null, usd: 0.2, calls: null };
      await ask(languageModel, { ...call, allowance }, { settings: localModels(undefined, { prices }) });
      assert.equal(languageModel.requests[0]?.mostOutputTokens, 2_000);
    });
  });

  describe('a secret', () => {
    it('in an input is neither sent nor stored', async () => {
      const languageModel = scriptedLanguageModel('A summary.');
      const inputs = { ...call.inputs, 'digest of the logs': `key: ${plantedSecret}` };
      await ask(languageModel, { ...call, inputs });
      assert.ok(!JSON.stringify(languageModel.requests).includes(plantedSecret));
      assert.ok(!JSON.stringify(await filesOf()).includes(plantedSecret));
    });

    it('in a reply is neither stored nor given on', async () => {
      const answer = await ask(scriptedLanguageModel(`Use ${plantedSecret}.`));
      assert.equal(textOf(answer), 'Use [redacted].');
      assert.ok(!JSON.stringify(await filesOf()).includes(plantedSecret));
    });
  });
});
