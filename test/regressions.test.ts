import assert from 'node:assert/strict';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { localArtifactStore } from '../activities/adapters/local-artifact-store.ts';
import { renderTrials } from '../activities/render-report.ts';
import { savePlan } from '../activities/save-plan.ts';
import { readConfiguration } from '../workers/configuration.ts';
import { workerEnvironment } from '../workers/worker-environment.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import { journalEntry } from '../workflows/domain/journal.ts';
import { emptyMailbox, nextBatch, receive } from '../workflows/domain/mailbox.ts';
import { readFeedback } from '../workflows/domain/read-signal.ts';
import { renderTrialTable } from '../workflows/domain/render-details.ts';
import { debugDepth, nextStep } from '../workflows/domain/search-policy.ts';
import { trialSummary } from '../workflows/domain/trial-summary.ts';
import { aFailedEntry, aJournalEntry, aMeasurement, aMetric, aTrialResult } from './support/builders.ts';
import { failureOf } from './support/failures.ts';
import { deadBaseUrl } from './support/hostile-endpoint.ts';
import { ask, failureFor } from './support/language-model-requests.ts';
import { anError } from './support/model-answers.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { aRequest, endTrainings, hostDependencies, watch } from './support/training.ts';

describe('what once went wrong', () => {
  const folder = temporaryFolder(endTrainings);

  it('several watchers that begin at once all get the result', async () => {
    const dependencies = hostDependencies(folder());
    const request = await aRequest(dependencies, 'print("METRIC val_error=1")\n');
    const results = await Promise.all([1, 2, 3, 4].map(() => watch(dependencies, request).result));
    assert.deepEqual(
      results.map(({ outcome }) => outcome.kind),
      ['completed', 'completed', 'completed', 'completed'],
    );
  });
  it('a rename is refused where its target leads outside by a link', async () => {
    await mkdir(join(folder(), 'outside'));
    const store = localArtifactStore(join(folder(), 'root')).folder('digits');
    await store.write('a', 'x');
    await symlink(join(folder(), 'outside'), join(folder(), 'root', 'digits', 'link'));
    assert.equal((await failureOf(store.rename('a', 'link/b'))).type, failureType.artifactStoreRefused);
  });
  it('a refused path creates no folder behind the link', async () => {
    await mkdir(join(folder(), 'outside'));
    const store = localArtifactStore(join(folder(), 'root')).folder('digits');
    await store.write('a', 'x');
    await symlink(join(folder(), 'outside'), join(folder(), 'root', 'digits', 'link'));
    await failureOf(store.write('link/deep/x', 'x'));
    assert.deepEqual(await readdir(join(folder(), 'outside')), []);
  });
  it('a read creates no folder', async () => {
    await localArtifactStore(folder()).folder('digits').readIfPresent('a/b');
    assert.deepEqual(await readdir(folder()), []);
  });
  it('a batch of messages in any script stays under 32 KB', () => {
    const messages = Array.from({ length: 20 }, () => readFeedback({ text: '界'.repeat(2_720) }, 'now'));
    assert.ok(Buffer.byteLength(JSON.stringify(nextBatch(messages.reduce(receive, emptyMailbox)))) < 32 * 1024);
  });
  it('a journal entry with a title in any script takes at most 250 bytes', () => {
    const result = aTrialResult({
      title: '界'.repeat(120),
      outcome: aMeasurement({ mean: 2.54321, standardDeviation: 0.2 }),
    });
    assert.ok(Buffer.byteLength(JSON.stringify(journalEntry(result))) <= 250);
  });
  it('no key of NVIDIA reaches a worker without keys', () => {
    assert.deepEqual(workerEnvironment('gpu', { NVIDIA_API_KEY: 'sk-1' }), {});
  });
  it('an address without its scheme is refused', () => {
    assert.throws(() => readConfiguration({ OPENAI_BASE_URL: 'localhost:11434/v1' }), /OPENAI_BASE_URL/);
  });
  it('no key is in a failure although the error code repeats it', async () => {
    for (const code of ['bad key sk-secret', 'sk-secret', 'secretive_key']) {
      const { message } = await failureFor(anError(400, { code }), { target: { apiKey: 'secretive_key' } });
      assert.ok(!/secret/.test(message), message);
    }
  });
  it('an answer that only claims to be JSON is an outage', async () => {
    const headers = { 'content-type': 'application/json' };
    assert.equal((await failureFor({ status: 200, headers, body: '<html>' })).type, failureType.modelUnavailable);
  });
  it('a refused connection is named as such', async () => {
    assert.match((await failureOf(ask({ baseUrl: await deadBaseUrl() }))).message, /ECONNREFUSED/);
  });
  it('a failed script is mended as often as debugDepth says', () => {
    const journal = Array.from({ length: debugDepth }, (_, index) => aFailedEntry({ trial: index + 1 }));
    assert.equal(nextStep([aJournalEntry({ trial: 0 }), ...journal], aMetric()).kind, 'debug');
  });
  it('the first failure of a new improvement is mended', () => {
    const failures = Array.from({ length: debugDepth + 1 }, (_, index) =>
      aFailedEntry({ trial: index + 2, kind: index === debugDepth ? 'improve' : 'debug' }),
    );
    assert.equal(nextStep([aJournalEntry({ trial: 1 }), ...failures], aMetric()).kind, 'debug');
  });
  it('PLAN.md never shows another text than the newest version', async () => {
    const store = localArtifactStore(folder()).folder('digits');
    await savePlan(store, 1, 'First.');
    await savePlan(store, 1, 'Another first.');
    assert.equal(await store.read('PLAN.md'), await store.read('plans/PLAN-001.md'));
  });
  it('a trial without a script has no link to one', () => {
    const result = aTrialResult({ script: null, outcome: { kind: 'unwritten', problem: 'no fence' } });
    assert.ok(!renderTrials([result], aMetric()).includes('train.py)'));
  });
  it('a carriage return in a title breaks no row', () => {
    assert.ok(!renderTrialTable([aJournalEntry({ title: 'a\rb' })], aMetric()).includes('\r'));
  });
  it('a summary keeps to 50 characters whatever its tail', () => {
    assert.ok(trialSummary(7, 'x'.repeat(100), 't'.repeat(39)).length <= 50);
  });
});
