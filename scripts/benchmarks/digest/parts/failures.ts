import type { Random } from '../random.ts';
import { libraryFrame, moduleFrames, ownFrames, type Program } from './programs.ts';
import type { Raised } from './traceback.ts';

/*
 * The exceptions that trainings end with, worded as PyTorch, Python, Hugging Face and NumPy word them. Where a program
 * dies says nothing of the message, so lines and files are drawn anew.
 */

export function outOfMemory(random: Random, program: Program): Raised {
  const wanted = (random.integer(12, 900) / 10).toFixed(2);
  const unit = random.pick(['MiB', 'GiB']);
  const gpu = random.integer(0, 7);
  return {
    type: random.pick(['torch.OutOfMemoryError', 'torch.cuda.OutOfMemoryError']),
    message:
      `CUDA out of memory. Tried to allocate ${wanted} ${unit}. GPU ${gpu} has a total capacity of 79.15 GiB of which ` +
      `${random.integer(2, 900)}.75 MiB is free. Process ${random.integer(1000, 99999)} has 78.${random.integer(10, 99)} GiB memory in use. ` +
      `Of the allocated memory 70.${random.integer(10, 99)} GiB is allocated by PyTorch, and ${random.integer(1, 9)}.12 GiB is reserved by PyTorch but unallocated. ` +
      'If reserved but unallocated memory is large try setting PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation.',
    frames: [
      ...ownFrames(random, program),
      ...moduleFrames(program),
      libraryFrame(program, 'torch/nn/modules/linear.py', 'return F.linear(input, self.weight, self.bias)'),
    ],
  };
}

export function deviceAssert(random: Random, program: Program): Raised {
  return {
    type: 'RuntimeError',
    message:
      'CUDA error: device-side assert triggered\n' +
      'CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.\n' +
      'For debugging consider passing CUDA_LAUNCH_BLOCKING=1.\n' +
      'Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.\n',
    frames: ownFrames(random, program),
  };
}

export function shapeMismatch(random: Random, program: Program): Raised {
  const [a, b, c] = [random.integer(8, 512), random.integer(64, 4096), random.integer(64, 4096)];
  return {
    type: 'RuntimeError',
    message: `mat1 and mat2 shapes cannot be multiplied (${a}x${b} and ${c + 1}x${random.integer(10, 1000)})`,
    frames: [...ownFrames(random, program), ...moduleFrames(program)],
  };
}

export function keyboardInterrupt(random: Random, program: Program): Raised {
  return { type: 'KeyboardInterrupt', message: '', frames: ownFrames(random, program) };
}

export function missingFile(random: Random, program: Program): Raised {
  const name = `${random.pick(['train', 'val', 'shard', 'tokens'])}_${random.integer(100, 999)}.${random.pick(['bin', 'parquet', 'npy'])}`;
  return {
    type: 'FileNotFoundError',
    message: `[Errno 2] No such file or directory: '${program.folder}/data/${name}'`,
    frames: ownFrames(random, program),
  };
}

export function notFinite(random: Random, program: Program): Raised {
  return {
    type: random.pick(['FloatingPointError', 'ValueError', 'AssertionError']),
    message: `loss is not finite at step ${random.integer(1000, 90000)}, last finite value ${random.next().toFixed(4)}`,
    frames: ownFrames(random, program),
  };
}

export function missingKey(random: Random, program: Program): Raised {
  const key = random.pick(['labels', 'pixel_values', 'input_ids', 'attention_mask', 'bboxes']);
  return { type: 'KeyError', message: `'${key}_${random.hexadecimal(2)}'`, frames: ownFrames(random, program) };
}

export function lostWorker(random: Random, program: Program): Raised {
  return {
    type: 'RuntimeError',
    message: `DataLoader worker (pid(s) ${random.integer(1000, 60000)}) exited unexpectedly`,
    frames: ownFrames(random, program),
  };
}

export function wrongState(random: Random, program: Program): Raised {
  return {
    type: 'RuntimeError',
    message:
      'Error(s) in loading state_dict for TransformerLM:\n' +
      `\tMissing key(s) in state_dict: "blocks.${random.integer(2, 40)}.attn.rotary.inv_freq". \n` +
      `\tsize mismatch for head.weight: copying a param with shape torch.Size([${random.integer(100, 60000)}, 768]) from checkpoint, the shape in current model is torch.Size([50304, 768]).`,
    frames: ownFrames(random, program),
  };
}

const ordinary = [shapeMismatch, missingFile, missingKey, lostWorker, wrongState, notFinite];

export function anyFailure(random: Random, program: Program): Raised {
  return random.pick(ordinary)(random, program);
}
