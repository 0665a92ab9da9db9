import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { someResources } from '../support/builders.ts';
import { notingScript, openTrialBench, type Moment, type TrialBench } from '../support/trial-bench.ts';

type Cut = 'refuse' | 'blackHole';

interface Case {
  cut: Cut;
  cutSeconds: number;
  /** Null: one host, which is waited for. */
  hostLossMinutes: number | null;
}

const heartbeatSeconds = 30;
/** A host is given up after 45 s; its heartbeat time-out is 11.25 s then. */
const shortHostLoss = { minutes: 0.75, heartbeatSeconds: 11.25 };

const cases: Case[] = (['refuse', 'blackHole'] as const).flatMap((cut) => [
  { cut, cutSeconds: heartbeatSeconds, hostLossMinutes: null },
  { cut, cutSeconds: 10 * heartbeatSeconds, hostLossMinutes: null },
  { cut, cutSeconds: shortHostLoss.heartbeatSeconds, hostLossMinutes: shortHostLoss.minutes },
  { cut, cutSeconds: 10 * shortHostLoss.heartbeatSeconds, hostLossMinutes: shortHostLoss.minutes },
]);

interface Stretch {
  host: string;
  pid: number;
  from: number;
  to: number;
  steps: [first: number, last: number];
}

const keyOf = ({ host, life }: Moment): string => `${host} ${life}`;

/** One trainer's life as a line of the timeline. */
function stretches(moments: readonly Moment[]): Stretch[] {
  const keys = [...new Set(moments.map(keyOf))];
  return keys.flatMap((key) => {
    const life = moments.filter((moment) => keyOf(moment) === key);
    const [first, last] = [life[0], life.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [{ host: first.host, pid: first.pid, from: first.at, to: last.at, steps: [first.step, last.step] }];
  });
}

const name = ({ cut, cutSeconds, hostLossMinutes }: Case) =>
  `${cut} for ${cutSeconds} s, ${hostLossMinutes === null ? 'one host' : 'a second host waiting'}`;

describe('a partition between worker and server', function () {
  this.timeout(15 * 60_000);
  const benches = new Set<TrialBench>();
  afterEach(async () => {
    await Promise.all([...benches].map((bench) => bench.close()));
    benches.clear();
  });

  for (const each of cases) {
    it(`never makes two trainings live at once: ${name(each)}`, async () => {
      const { cut, cutSeconds, hostLossMinutes } = each;
      const steps = Math.round((cutSeconds + 40) / 0.25);
      const bench = await openTrialBench(notingScript(steps, 0.25));
      benches.add(bench);
      const { proxy } = await bench.startHost('alpha');
      const handle = await bench.startTrial({ resources: someResources({ hostLossMinutes }) });
      while (bench.moments().length < 20) await delay(200);
      if (hostLossMinutes !== null) await bench.startHost('beta');
      const cutAt = Date.now() / 1000;
      proxy[cut]();
      await delay(cutSeconds * 1000);
      proxy.heal();
      const { outcome } = await handle.result();

      const lives = stretches(bench.moments());
      for (const {
        host,
        from,
        to,
        steps: [first, last],
      } of lives) {
        const seconds = (time: number) => (time - cutAt).toFixed(1);
        process.stdout.write(
          `      ${host}: steps ${first}-${last}, ${seconds(from)} s to ${seconds(to)} s after the cut\n`,
        );
      }
      for (const [index, { from }] of lives.entries()) {
        assert.ok(index === 0 || (lives[index - 1]?.to ?? Infinity) < from, 'two trainings lived at once');
      }
      assert.equal(outcome.kind, 'completed');
      if (hostLossMinutes === null) assert.equal(lives.length, 1, 'the training did not notice');
    });
  }
});
