import type { LogKind, LogWriter } from '../log-writer.ts';
import { falling, rising } from '../parts/curves.ts';
import { notFinite } from '../parts/failures.ts';
import { pickProgram } from '../parts/programs.ts';
import { pickWarnings } from '../parts/python-warnings.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** Stable-Baselines3 (`common/logger.py`, `HumanOutputFormat`): a boxed table for each update. */
export const stableBaselines: LogKind = {
  name: 'stable-baselines3',
  write(log, random) {
    const { truth } = log;
    const program = pickProgram(random, 'ppo.py');
    const [warn] = pickWarnings(random, program, 1);
    log.line('Using cuda device\nWrapping the env with a `Monitor` wrapper\nWrapping the env in a DummyVecEnv.');
    warn?.(log);
    log.line(`Logging to ./tb/PPO_${random.integer(1, 40)}`);
    for (let update = 1; log.progress() < 1; update += 1) {
      writeTable(log, random, update);
      if (update % 10 === 0) writeEvaluation(log, random, update);
    }
    if (random.chance(0.4)) writeTraceback(log, notFinite(random, program));
    else
      log.line(
        truth.needle(
          `Stopping training because the mean reward ${(480 + 20 * random.next()).toFixed(2)}  is above the threshold 475.00`,
        ),
      );
  },
};

function short(value: number): string {
  const text = String(Number(value.toPrecision(3)));
  return Math.abs(value) >= 1000 ? value.toExponential(2).replace(/e\+(\d)$/, 'e+0$1') : text;
}

function writeTable(log: LogWriter, random: Random, update: number): void {
  const { truth } = log;
  const progress = log.progress();
  const rows: [string, string][] = [
    ['rollout/', ''],
    ['   ep_len_mean', short(rising(progress, { from: 22, to: 480 }, random))],
    ['   ep_rew_mean', truth.metric('ep_rew_mean', short(rising(progress, { from: 21.3, to: 489 }, random)))],
    ['time/', ''],
    ['   fps', String(random.integer(1100, 1400))],
    ['   iterations', String(update)],
    ['   total_timesteps', String(update * 2048)],
    ['train/', ''],
    ['   approx_kl', truth.metric('approx_kl', String(Number((0.004 + 0.006 * random.next()).toPrecision(9))))],
    ['   entropy_loss', truth.metric('entropy_loss', short(-falling(progress, { from: 0.69, to: 0.2 }, random)))],
    [
      '   explained_variance',
      truth.metric('explained_variance', short(rising(progress, { from: -0.004, to: 0.93 }, random))),
    ],
    ['   learning_rate', '0.0003'],
    ['   value_loss', truth.metric('value_loss', short(falling(progress, { from: 49, to: 7 }, random)))],
  ];
  const rule = '-'.repeat(43);
  log.line(`${rule}\n${rows.map(([key, value]) => `| ${key.padEnd(23)} | ${value.padEnd(13)} |`).join('\n')}\n${rule}`);
}

function writeEvaluation(log: LogWriter, random: Random, update: number): void {
  const reward = (200 + 250 * random.next()).toFixed(2);
  log.line(
    `Eval num_timesteps=${update * 2048}, episode_reward=${log.truth.metric('episode_reward', reward)} +/- ${(20 * random.next()).toFixed(2)}`,
  );
  log.line(`Episode length: ${reward} +/- 12.30`);
  if (random.chance(0.3)) log.line(log.truth.repeated('New best mean reward!'));
}
