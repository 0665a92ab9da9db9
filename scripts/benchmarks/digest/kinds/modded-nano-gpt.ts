import type { LogKind, LogWriter } from '../log-writer.ts';
import { falling } from '../parts/curves.ts';
import { shapeMismatch } from '../parts/failures.ts';
import { writeDevices } from '../parts/noise.ts';
import { pickProgram } from '../parts/programs.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** modded-nanogpt: the log begins with the program's own source, so that it is full of words that nothing happened to. */
export const moddedNanoGpt: LogKind = {
  name: 'modded-nanogpt',
  write(log, random) {
    const { truth } = log;
    writeSource(log, random);
    log.line('='.repeat(100));
    log.line('Running Python 3.12.7 (main, Oct  1 2024, 15:27:05) [GCC 13.2.0]');
    log.line(`Running PyTorch 2.6.0.dev20241203+cu124 compiled for CUDA 12.4\n${'='.repeat(100)}`);
    writeDevices(log, random);
    const total = random.pick([1390, 1750, 5100, 9536]);
    const every = random.pick([125, 128]);
    let milliseconds = 0;
    for (let step = 0; log.progress() < 1; step += 1) {
      const progress = log.progress();
      if (step % every === 0) {
        const loss = truth.metric('val_loss', falling(progress, { from: 10.8258, to: 3.2779 }, random).toFixed(4));
        const average = step === 0 ? 'nan' : (milliseconds / step).toFixed(2);
        log.line(
          `step:${step}/${total} val_loss:${loss} train_time:${milliseconds.toFixed(0)}ms step_avg:${average}ms`,
        );
      }
      milliseconds += 140 + 4 * random.next();
      const loss = truth.metric('train_loss', falling(progress, { from: 10.81, to: 3.2 }, random).toFixed(4));
      log.line(
        `step:${step + 1}/${total} train_loss:${loss} train_time:${milliseconds.toFixed(0)}ms step_avg:${(milliseconds / (step + 1)).toFixed(2)}ms`,
      );
    }
    log.line(
      truth.needle(
        `peak memory allocated: ${random.integer(29000, 40000)} MiB reserved: ${random.integer(40001, 50000)} MiB`,
      ),
    );
    if (random.chance(0.3)) writeTraceback(log, shapeMismatch(random, pickProgram(random, 'train_gpt.py')));
  },
};

const source: readonly string[] = [
  'import os\nimport sys\nimport time\nimport torch\nfrom torch import nn\nimport torch.distributed as dist',
  '@torch.compile\ndef zeropower_via_newtonschulz5(G, steps):\n    assert len(G.shape) == 2\n    a, b, c = (3.4445, -4.7750,  2.0315)\n    X = G.bfloat16()',
  'class Muon(torch.optim.Optimizer):\n    def __init__(self, params, lr=0.02, momentum=0.95, nesterov=True):\n        if lr < 0.0:\n            raise ValueError(f"Invalid learning rate: {lr}")',
  'class CausalSelfAttention(nn.Module):\n    def __init__(self, dim, n_head):\n        super().__init__()\n        assert dim % n_head == 0\n        self.c_q = CastedLinear(dim, dim)',
  'def _load_data_shard(path):\n    header = torch.from_file(path, False, 256, dtype=torch.int32)\n    assert header[0] == 20240520, "magic number mismatch in the data .bin file"\n    assert header[1] == 1, "unsupported version"',
  'try:\n    import triton\nexcept ImportError as error:\n    warnings.warn("no triton, falling back")\n    raise RuntimeError("flex attention needs triton") from error',
  "def print0(s, console=False):\n    if master_process:\n        with open(logfile, 'a') as f:\n            print(s, file=f)",
  'for step in range(args.num_iterations + 1):\n    last_step = (step == args.num_iterations)\n    # once in a while evaluate the validation dataset\n    if last_step or (step % args.val_loss_every == 0):\n        model.eval()',
];

/** Pieces in any order, of a few kilobytes together. */
function writeSource(log: LogWriter, random: Random): void {
  for (let index = 0; index < 24; index += 1) {
    log.line(`${random.pick(source)}\n    # ${random.hexadecimal(6)}\n`);
  }
}
