import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { ServiceError, type Client } from '@temporalio/client';
import { followExperiment } from '../../../scripts/watch/follow-experiment.ts';
import { linePerChange, redrawing } from '../../../scripts/watch/snapshot-view.ts';
import { aSnapshot } from './snapshots.ts';

/** A client whose server has fallen silent: every call lasts as long as it is let. */
function silentClient(): Client {
  let deadline = Infinity;
  const describe = () =>
    new Promise((_resolve, reject) => {
      const refuse = () => reject(new ServiceError('no answer'));
      setTimeout(refuse, Math.min(40_000, deadline - Date.now()));
    });
  return {
    workflow: { getHandle: () => ({ describe }) },
    async withDeadline(until: number, act: () => Promise<unknown>) {
      deadline = until;
      return await act();
    },
  } as unknown as Client;
}

describe('the following of an experiment whose server does not answer', () => {
  const start = Date.parse('2026-11-29T19:06:50.000Z');
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: start }));
  afterEach(() => mock.timers.reset());

  /** What is said and how it ends, second by second; the computer may sleep for an hour in one of them. */
  async function follow(seconds: number, asleepAt?: number): Promise<{ lines: string[]; end: string | null }> {
    const lines: string[] = [];
    let end: string | null = null;
    const say = (line: string) => lines.push(`${(Date.now() - start) / 1000} s: ${stripVTControlCharacters(line)}`);
    followExperiment(silentClient(), 'digits', { view: linePerChange(say) }).catch(
      (error: Error) => (end = error.message),
    );
    for (let second = 0; second < seconds; second += 1) {
      mock.timers.tick(second === asleepAt ? 3_600_000 : 1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { lines, end };
  }

  it('says so after five seconds, once', async () => {
    const { lines, end } = await follow(30);
    assert.deepEqual(lines, ['5 s: Temporal does not answer since 19:06:50 UTC; it is asked again for a minute.']);
    assert.equal(end, null);
  });

  it('is asked again for a minute where the computer has slept', async () => {
    assert.equal((await follow(40, 3)).end, null);
    assert.match(String((await follow(80, 3)).end), /^Temporal cannot be reached any more/);
  });

  it('ends with the first look that fails after a minute', async () => {
    assert.match(String((await follow(67)).end), /^Temporal cannot be reached any more; the experiment goes on/);
  });
});

const withDeadline = (_until: number, act: () => Promise<unknown>) => act();

describe('the following of an experiment that has ended', () => {
  it('asks again where its result could not be fetched: that is no failure of it', async () => {
    let asked = 0;
    const handle = {
      workflowId: 'digits',
      describe: async () => ({ status: { name: 'COMPLETED' }, type: 'experiment' }),
      query: () => Promise.reject(new ServiceError('no answer')),
      async result() {
        asked += 1;
        if (asked === 1) throw new ServiceError('no answer');
        return { verdict: 'goalReached' };
      },
    };
    const client = { workflow: { getHandle: () => ({ ...handle, client: { withDeadline } }) }, withDeadline };
    const view = linePerChange(() => undefined);
    const { failure, result } = await followExperiment(client as unknown as Client, 'digits', { view });
    assert.deepEqual({ failure, result, asked }, { failure: null, result: { verdict: 'goalReached' }, asked: 2 });
  });
});

describe('what is shown of an outage', () => {
  const since = new Date('2026-11-29T19:06:50.000Z');

  it('is followed in a log by what goes on, once there is an answer again', () => {
    const lines: string[] = [];
    const view = linePerChange((line) => lines.push(line));
    view.show(aSnapshot());
    view.showSilence(since);
    view.show(aSnapshot());
    view.show(aSnapshot());
    assert.equal(lines.length, 3, lines.join('\n'));
    assert.equal(lines[2], lines[0]);
  });

  it('stands on a terminal above the last picture', () => {
    const written: string[] = [];
    const view = redrawing({ columns: 100, rows: 40, write: (text) => written.push(text) });
    view.show(aSnapshot());
    view.showSilence(since);
    const [picture = '', outage = ''] = written.map(stripVTControlCharacters);
    assert.equal(outage, `Temporal does not answer since 19:06:50 UTC; it is asked again for a minute.\n${picture}`);
  });
});

describe('a picture on a terminal of another size', () => {
  const clear = '\u001b[H\u001b[2J';

  it('is drawn on a cleared screen, and once', () => {
    const written: string[] = [];
    const terminal = { columns: 140, rows: 40, write: (text: string) => written.push(text) };
    const view = redrawing(terminal);
    view.show(aSnapshot());
    terminal.columns = 40;
    view.show(aSnapshot());
    view.show(aSnapshot());
    assert.deepEqual(
      written.map((text) => text.startsWith(clear)),
      [false, true, false],
    );
  });
});
