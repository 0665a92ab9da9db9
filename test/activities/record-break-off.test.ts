import assert from 'node:assert/strict';
import { localArtifactStore } from '../../activities/adapters/local-artifact-store.ts';
import { recordBreakOff } from '../../activities/record-break-off.ts';
import { readFeedback } from '../../workflows/domain/read-signal.ts';
import { aMetric, anExperiment } from '../support/builders.ts';
import { recordExperiment } from '../support/recorded-experiment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the folder of an experiment that was broken off', () => {
  const root = temporaryFolder();
  const folder = () => localArtifactStore(root()).folder('digits');
  const breakOff = async (messages = 2) =>
    await recordBreakOff(
      { artifacts: localArtifactStore(root()) },
      {
        experiment: anExperiment(),
        title: 'Digits',
        metric: aMetric({ target: 2 }),
        planVersion: 1,
        tasks: [],
        trials: [1, 2],
        messages,
        how: 'was cancelled',
      },
    );

  beforeEach(async () => {
    const said = ['one', 'two'].map((text) => readFeedback(text, 'now'));
    await recordExperiment(root(), { trials: [{}, { said }] });
  });

  it('says so in its report, with all that was said', async () => {
    await breakOff();
    const report = await folder().read('REPORT.md');
    assert.match(report, /^# Digits\n\n_The experiment was cancelled\. This is the report up to then\._\n/);
    assert.match(report, /> one\n[^]*> two\n/);
    assert.match(await folder().read('EXPERIMENT_LOG.md'), /> two\n/);
  });

  it('leaves out a trial that was not recorded any more', async () => {
    await folder().remove('trials/002/entry.md');
    await breakOff();
    assert.doesNotMatch(await folder().read('EXPERIMENT_LOG.md'), /## Trial 2/);
    assert.match(await folder().read('EXPERIMENT_LOG.md'), /## Trial 1/);
  });

  it('keeps a report that was published', async () => {
    await folder().write('report.html', '<html></html>');
    await folder().write('REPORT.md', 'The last word.');
    await breakOff();
    assert.equal(await folder().read('REPORT.md'), 'The last word.');
  });
});
