import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCommand } from '../../support/run-command.ts';
import { until } from '../../support/run-experiment.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('the report of an experiment', () => {
  const folder = temporaryFolder();
  const place = () => join(folder(), 'digits');
  const longrun = (words: string[], environment = {}) =>
    runCommand(words, { LONGRUN_HOME: folder(), DISPLAY: '', WAYLAND_DISPLAY: '', ...environment });

  beforeEach(() => {
    mkdirSync(place());
    writeFileSync(join(place(), 'experiment.json'), '{"firstExecutionRunId": "run", "settings": {"seeds": 1}}');
  });

  function publish(isFinal: boolean): void {
    writeFileSync(join(place(), 'REPORT.md'), '# Digits\n');
    if (isFinal) writeFileSync(join(place(), 'report.html'), '<h1>Digits</h1>');
  }

  it('is printed as it is', async () => {
    publish(true);
    assert.deepEqual(await longrun(['report', 'digits']), { status: 0, stdout: '# Digits\n', stderr: '' });
  });

  it('is said to be only the one so far', async () => {
    publish(false);
    const stderr = 'This is the report so far: digits has not ended with one.\n';
    assert.deepEqual(await longrun(['report', 'digits']), { status: 0, stdout: '# Digits\n', stderr });
  });

  it('is JSON, with its path', async () => {
    publish(false);
    const { stdout } = await longrun(['report', 'digits', '--json']);
    const path = join(place(), 'REPORT.md');
    assert.deepEqual(JSON.parse(stdout), { id: 'digits', path, isFinal: false, markdown: '# Digits\n' });
  });

  it('is missing before the first trial', async () => {
    const { status, stderr } = await longrun(['report', 'digits']);
    assert.match(stderr, /^digits has no report yet: .*\n$/);
    assert.equal(status, 1);
  });

  it('is missing where there is no such experiment', async () => {
    for (const id of ['mnist', '../digits', '.']) {
      const { status, stderr } = await longrun(['report', id]);
      assert.ok(stderr.startsWith(`There is no experiment ${id} in ${folder()}`), stderr);
      assert.equal(status, 1);
    }
  });

  it('is opened as a page; where there is no desktop only its link is printed', async () => {
    publish(true);
    const link = pathToFileURL(join(place(), 'report.html')).href;
    assert.deepEqual(await longrun(['open', 'digits', '--report']), { status: 0, stdout: `${link}\n`, stderr: '' });
    const { stdout } = await longrun(['open', 'digits', '--report', '--json']);
    assert.deepEqual(JSON.parse(stdout), { id: 'digits', link, isOpened: false });
  });

  it('is handed to the browser of a desktop', async () => {
    publish(true);
    const [browser, opened] = [join(folder(), 'browser'), join(folder(), 'opened')];
    writeFileSync(browser, `#!/bin/sh\necho "$1" > '${opened}.new' && mv '${opened}.new' '${opened}'\n`, {
      mode: 0o755,
    });
    // Otherwise a browser of this machine is its desktop's choice.
    const noDesktopFiles = { XDG_DATA_DIRS: folder(), XDG_DATA_HOME: folder(), XDG_CONFIG_HOME: folder() };
    const desktop = { DISPLAY: ':99', BROWSER: browser, ...noDesktopFiles };
    const { stdout } = await longrun(['open', 'digits', '--report', '--json'], desktop);
    const { link, isOpened } = JSON.parse(stdout) as { link: string; isOpened: boolean };
    await until(() => readIfThere(opened) !== null);
    const given = readIfThere(opened)?.trimEnd() ?? ''; // What opens it decides between the link and the path.
    assert.deepEqual([given.startsWith('file:') ? given : pathToFileURL(given).href, isOpened], [link, true]);
  });

  it('is no page before it is final', async () => {
    publish(false);
    const { status, stderr } = await longrun(['open', 'digits', '--report']);
    assert.match(stderr, /^digits has no final report yet: `longrun report digits` prints the one so far\.\n$/);
    assert.equal(status, 1);
  });
});

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
