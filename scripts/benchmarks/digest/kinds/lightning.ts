import type { LogKind, LogWriter } from '../log-writer.ts';
import { redraws, tqdmBar } from '../parts/bars.ts';
import { falling } from '../parts/curves.ts';
import { outOfMemory, shapeMismatch } from '../parts/failures.ts';
import { pickProgram, type Program } from '../parts/programs.ts';
import { pickWarnings } from '../parts/python-warnings.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** PyTorch Lightning with a checkpoint callback: its messages begin where the bar ends, on the same line. */
export const lightning: LogKind = {
  name: 'lightning',
  write(log, random) {
    const { truth } = log;
    const program = pickProgram(random, 'fit.py');
    writeHead(log, random, program);
    log.write(
      `${redraws(3, (share) => tqdmBar({ description: 'Sanity Checking DataLoader 0', done: Math.floor(2 * share), total: 2, perSecond: 3 }))}\r${' '.repeat(70)}\r`,
    );
    const [warn] = pickWarnings(random, program, 1);
    let best = Infinity;
    let sinceBest = 0;
    for (let epoch = 0; log.progress() < 1; epoch += 1) {
      const progress = log.progress();
      const loss = falling(progress, { from: 1.9, to: 0.31 }, random).toFixed(5);
      writeBar(log, random, { epoch, loss });
      if (epoch === 1) {
        log.line('');
        warn?.(log);
        continue;
      }
      const head = `Epoch ${epoch}, global step ${(epoch + 1) * 469}: 'val_loss'`;
      sinceBest = Number(loss) < best ? 0 : sinceBest + 1;
      if (sinceBest > 0) log.line(`${head} ${truth.repeated('was not in top 1')}`);
      else
        log.line(
          `${head} reached ${loss} (best ${loss}), ${truth.repeated('saving model to')} '${program.folder}/lightning_logs/version_3/checkpoints/epoch=${epoch}.ckpt' as top 1`,
        );
      best = Math.min(best, Number(loss));
    }
    writeEnd(log, random, program);
  },
};

function writeHead(log: LogWriter, random: Random, { packages }: Program): void {
  const { truth } = log;
  log.line(
    'Using 16bit Automatic Mixed Precision (AMP)\nGPU available: True (cuda), used: True\nTPU available: False, using: 0 TPU cores\nHPU available: False, using: 0 HPUs',
  );
  log.line(
    `${truth.warning("You are using a CUDA device ('NVIDIA A100-SXM4-40GB') that has Tensor Cores.")} To properly utilize them, you should set \`torch.set_float32_matmul_precision('medium' | 'high')\` which will trade-off precision for performance.`,
  );
  if (random.chance(0.6))
    log.line(
      truth.needle(
        `Restoring states from the checkpoint path at lightning_logs/version_${random.integer(0, 9)}/checkpoints/last.ckpt`,
      ),
    );
  log.line('LOCAL_RANK: 0 - CUDA_VISIBLE_DEVICES: [0]\n');
  log.line(
    '  | Name      | Type             | Params | Mode \n-------------------------------------------------------',
  );
  log.line('0 | encoder   | Sequential       | 50.4 K | train\n1 | decoder   | Sequential       | 51.2 K | train');
  log.line(
    '-------------------------------------------------------\n101 K     Trainable params\n0         Non-trainable params\n0.407     Total estimated model params size (MB)',
  );
  const phrase = "The 'val_dataloader' does not have many workers which may be a bottleneck.";
  log.line(
    `${packages}/pytorch_lightning/trainer/connectors/data_connector.py:441: ${truth.warning(phrase)} Consider increasing the value of the \`num_workers\` argument\` to \`num_workers=15\` in the \`DataLoader\` to improve performance.`,
  );
}

/** One epoch's bar, with the validation's below it. It stays without an end of line. */
function writeBar(log: LogWriter, random: Random, { epoch, loss }: { epoch: number; loss: string }): void {
  const { truth } = log;
  const total = 469;
  const rate = 60 + 9 * random.next();
  const draw = (share: number, postfix: string): string =>
    tqdmBar({ description: `Epoch ${epoch}`, done: Math.floor(total * share), total, perSecond: rate, postfix });
  const step = (): string => falling(log.progress(), { from: 2, to: 0.3 }, random).toFixed(3);
  log.write(redraws(9, (share) => draw(share, `v_num=3, train_loss_step=${step()}`)));
  log.write('\n');
  log.write(
    redraws(4, (share) =>
      tqdmBar({ description: 'Validation DataLoader 0', done: Math.floor(79 * share), total: 79, perSecond: 90 }),
    ),
  );
  log.write(`\u001b[A`);
  const last = truth.metric('train_loss_step', step());
  log.write(`\r${draw(1, `v_num=3, train_loss_step=${last}, val_loss=${truth.metric('val_loss', loss)}`)}`);
}

function writeEnd(log: LogWriter, random: Random, program: Program): void {
  const { truth } = log;
  const ending = random.pick(['stopped', 'finished', 'memory', 'failed'] as const);
  if (ending === 'stopped')
    log.line(
      truth.needle(
        `Monitored metric val_loss did not improve in the last 5 records. Best score: ${(0.28 + 0.01 * random.next()).toFixed(3)}. Signaling Trainer to stop.`,
      ),
    );
  if (ending === 'finished') log.line(truth.needle('`Trainer.fit` stopped: `max_epochs=50` reached.'));
  if (ending === 'memory')
    writeTraceback(log, outOfMemory(random, program), { relation: 'context', raised: shapeMismatch(random, program) });
  if (ending === 'failed') writeTraceback(log, shapeMismatch(random, program));
}
