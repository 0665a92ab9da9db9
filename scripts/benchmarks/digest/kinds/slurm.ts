import { withPrefix, type LogKind, type LogWriter } from '../log-writer.ts';
import { redraws, tqdmBar } from '../parts/bars.ts';
import { createClock } from '../parts/clock.ts';
import { falling, rising } from '../parts/curves.ts';
import { anyFailure } from '../parts/failures.ts';
import { writeSettings } from '../parts/noise.ts';
import { pickProgram } from '../parts/programs.ts';
import { pickWarnings } from '../parts/python-warnings.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** `srun --label` of sixteen tasks, with what modules, srun and slurmstepd say around it. */
export const slurmLabelled: LogKind = {
  name: 'slurm, srun --label',
  write(log, random) {
    const { truth } = log;
    const job = random.integer(1_000_000, 9_999_999);
    const program = pickProgram(random);
    writeModuleNoise(log, random);
    const task = (index: number): LogWriter => withPrefix(log, () => `${String(index).padStart(2)}: `);
    const [warn] = pickWarnings(random, program, 1);
    for (let index = 0; index < 16; index += 1) warn?.(task(index));
    if (random.chance(0.5))
      task(0).line(truth.needle(`resumed from /scratch/${job}/last.ckpt at step ${random.integer(100, 9999)}`));
    for (let step = 0; log.progress() < 1; step += 50) {
      const loss = truth.metric('loss', falling(log.progress(), { from: 6.2, to: 1.7 }, random).toFixed(4));
      task(0).line(
        `[step ${String(step).padStart(7)}] loss ${loss} | ppl ${truth.metric('ppl', Math.exp(Number(loss)).toFixed(2))} | ${random.integer(300, 420)} ms/step`,
      );
      if (step % 2000 === 0)
        for (let index = 0; index < 16; index += 1)
          task(index).line(`${truth.repeated('synchronised shard list')} (${random.integer(1000, 1100)} shards)`);
    }
    const failed = random.integer(1, 15);
    writeTraceback(task(failed), anyFailure(random, program));
    log.line(`srun: error: node042: task ${failed}: ${truth.needle('Exited with exit code 1')}`);
    log.line(`srun: Terminating StepId=${job}.0`);
    log.line(`slurmstepd: error: *** STEP ${job}.0 ON node041 CANCELLED AT 2024-05-01T10:10:10 ***`);
    log.line(`srun: Job step aborted: Waiting up to 32 seconds for job step to finish.`);
    log.line(`srun: error: node043: tasks 8-15: Terminated`);
  },
};

/** A batch job that is killed at its time limit in the middle of a bar, or for its memory. */
export const slurmKilled: LogKind = {
  name: 'slurm, killed',
  write(log, random) {
    const { truth } = log;
    const job = random.integer(1_000_000, 9_999_999);
    const clock = createClock('2024-11-30T22:41:05');
    writeModuleNoise(log, random);
    log.line(`SLURM_JOB_ID=${job}\nSLURM_JOB_NODELIST=clr1247\nstarting at ${clock.iso()}`);
    writeSettings(log, random, 'table');
    const total = 250;
    for (let epoch = 1; log.progress() < 1; epoch += 1) {
      log.write(redraws(11, (share) => tqdmBar({ done: Math.floor(total * share), total, perSecond: 0.4 })));
      log.line(`\r${tqdmBar({ done: total, total, perSecond: 0.4 })}`);
      clock.advance(631);
      const loss = truth.metric('train_loss', falling(log.progress(), { from: 1.1, to: 0.21 }, random).toFixed(6));
      const dice = truth.metric('val_dice', rising(log.progress(), { from: 0.3, to: 0.86 }, random).toFixed(6));
      log.line(
        `[${clock.plain()}] epoch ${epoch}: train_loss ${loss}, val_dice ${dice}, lr ${(0.01 * (1 - 0.9 * Math.min(1, log.progress()))).toFixed(6)}`,
      );
      if (random.chance(0.1))
        log.line(
          `[${clock.plain()}] ${truth.warning('WARNING: could not read case')} ${random.hexadecimal(8)}.nii.gz, skipped`,
        );
    }
    log.write(redraws(12, (share) => tqdmBar({ done: Math.floor(11 * share), total, perSecond: 0.4 })));
    if (random.chance(0.6)) {
      log.line(
        `slurmstepd: error: ${truth.needle(`*** JOB ${job} ON clr1247 CANCELLED AT ${clock.iso()} DUE TO TIME LIMIT ***`)}`,
      );
      return;
    }
    log.line(
      `slurmstepd: error: ${truth.needle(`Detected 1 oom_kill event in StepId=${job}.batch`)}. Some of the step tasks have been OOM Killed.`,
    );
    log.line(
      `/var/spool/slurmd/job${job}/slurm_script: line 31: 184712 Killed                  python -u train.py --config configs/unet.yaml`,
    );
  },
};

function writeModuleNoise(log: LogWriter, random: Random): void {
  log.line('\nLmod is automatically replacing "intel/2021.4" with "gcc/11.3.0".\n\n');
  log.line(
    'The following have been reloaded with a version change:\n  1) openmpi/4.1.1 => openmpi/4.1.4     2) ucx/1.11.2 => ucx/1.12.1\n',
  );
  log.line('Loading cuda/11.8\n  Loading requirement: gcc/11.3.0');
  log.line(
    `Currently Loaded Modulefiles:\n 1) gcc/11.3.0   2) cuda/11.8   3) cudnn/8.${random.integer(4, 9)}   4) nccl/2.18.3`,
  );
}
