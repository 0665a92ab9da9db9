import type { LogKind, LogWriter } from '../log-writer.ts';
import { falling, rising } from '../parts/curves.ts';
import { keyboardInterrupt, outOfMemory } from '../parts/failures.ts';
import { pickProgram } from '../parts/programs.ts';
import { pickWarnings } from '../parts/python-warnings.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** Karpathy's nanoGPT, `train.py`: a line for each step, the evaluation between, the checkpoint when it is the best. */
export const nanoGpt: LogKind = {
  name: 'nanogpt',
  write(log, random) {
    const program = pickProgram(random);
    const [warn] = pickWarnings(random, program, 1);
    const isResumed = random.chance(0.5);
    const ending = random.pick(['done', 'interrupted', 'memory', 'nan'] as const);
    writeHead(log, random);
    if (isResumed) log.line(log.truth.needle(`Resuming training from out-gpt2-${random.hexadecimal(6)}`));
    else log.line('Initializing a new model from scratch');
    warn?.(log);
    log.line('num decayed parameter tensors: 50, with 124,354,560 parameters');
    log.line('num non-decayed parameter tensors: 25, with 19,200 parameters');
    log.line('using fused AdamW: True\ncompiling the model... (takes a ~minute)');
    writeSteps(log, random, ending === 'nan' ? 0.6 + 0.3 * random.next() : Infinity);
    if (ending === 'interrupted') writeTraceback(log, keyboardInterrupt(random, program));
    if (ending === 'memory') writeTraceback(log, outOfMemory(random, program));
  },
};

function writeHead(log: LogWriter, random: Random): void {
  log.line('Overriding config with config/train_gpt2.py:');
  log.line('# config for training GPT-2 (124M) down to very nice loss of ~2.85 on 1 node of 8X A100 40GB');
  log.line(`wandb_log = True\nwandb_project = 'owt'\nwandb_run_name='gpt2-${random.hexadecimal(4)}'`);
  log.line('batch_size = 12\nblock_size = 1024\ngradient_accumulation_steps = 5 * 8');
  log.line('tokens per iteration will be: 491,520');
  log.line('found vocab_size = 50304 (inside data/openwebtext/meta.pkl)');
}

function writeSteps(log: LogWriter, random: Random, divergesAt: number): void {
  const { truth } = log;
  const stride = random.pick([1, 10]);
  let best = Infinity;
  for (let step = 0; log.progress() < 1; step += stride) {
    const progress = log.progress();
    const isLost = progress >= divergesAt;
    const loss = falling(progress, { from: 10.98, to: 3.1 }, random);
    if (step % 250 === 0) {
      const train = isLost ? 'nan' : falling(progress, { from: 10.97, to: 3.05 }, random).toFixed(4);
      const validation = isLost ? 'nan' : falling(progress, { from: 10.99, to: 3.2 }, random).toFixed(4);
      log.line(
        `step ${step}: train loss ${truth.metric('train loss', train)}, val loss ${truth.metric('val loss', validation)}`,
      );
      if (Number(validation) < best && step > 0) {
        best = Number(validation);
        log.line(truth.repeated('saving checkpoint to out-gpt2'));
      }
    }
    const shown = truth.metric('loss', isLost ? 'nan' : loss.toFixed(4));
    const milliseconds = (step % 250 === 0 ? 9000 : 480) + 40 * random.next();
    const share = step < 5 ? '-100.00' : rising(1, { from: 30, to: 38 }, random).toFixed(2);
    log.line(`iter ${step}: loss ${shown}, time ${milliseconds.toFixed(2)}ms, mfu ${truth.metric('mfu', share)}%`);
  }
}
