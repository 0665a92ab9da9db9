import type { LogWriter } from '../log-writer.ts';
import type { Random } from '../random.ts';
import type { Program } from './programs.ts';

interface PythonWarning {
  file: string;
  line: number;
  category: string;
  message: string;
  /** The line of source that Python prints below. */
  source: string;
}

const torchWarnings: readonly PythonWarning[] = [
  {
    file: 'torch/optim/lr_scheduler.py',
    line: 143,
    category: 'UserWarning',
    message:
      'Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in PyTorch skipping the first value of the learning rate schedule.',
    source: 'warnings.warn("Detected call of `lr_scheduler.step()` before `optimizer.step()`. "',
  },
  {
    file: 'torch/utils/checkpoint.py',
    line: 429,
    category: 'UserWarning',
    message:
      'torch.utils.checkpoint: please pass in use_reentrant=True or use_reentrant=False explicitly. The default value of use_reentrant will be updated to be False in the future.',
    source: 'warnings.warn(',
  },
  {
    file: 'torch/cuda/amp/autocast_mode.py',
    line: 202,
    category: 'FutureWarning',
    message:
      '`torch.cuda.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast("cuda", args...)` instead.',
    source: 'warnings.warn(',
  },
  {
    file: 'torch/utils/data/dataloader.py',
    line: 557,
    category: 'UserWarning',
    message:
      'This DataLoader will create 16 worker processes in total. Our suggested max number of worker in current system is 8, which is smaller than what this DataLoader is going to create.',
    source: 'warnings.warn(_create_warning_msg(',
  },
  {
    file: 'torch/nn/modules/conv.py',
    line: 456,
    category: 'UserWarning',
    message:
      'Plan failed with a cudnnException: CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR: cudnnFinalizeDescriptor Failed cudnn_status: CUDNN_STATUS_NOT_SUPPORTED',
    source: 'return F.conv2d(input, weight, bias, self.stride,',
  },
  {
    file: 'torchvision/models/_utils.py',
    line: 208,
    category: 'UserWarning',
    message:
      "The parameter 'pretrained' is deprecated since 0.13 and may be removed in the future, please use 'weights' instead.",
    source: 'warnings.warn(',
  },
];

const otherWarnings: readonly PythonWarning[] = [
  {
    file: 'sklearn/metrics/_classification.py',
    line: 1344,
    category: 'UndefinedMetricWarning',
    message:
      'Precision is ill-defined and being set to 0.0 in labels with no predicted samples. Use `zero_division` parameter to control this behavior.',
    source: '_warn_prf(average, modifier, msg_start, len(result))',
  },
  {
    file: 'numpy/core/fromnumeric.py',
    line: 3504,
    category: 'RuntimeWarning',
    message: 'Mean of empty slice.',
    source: 'return _methods._mean(a, axis=axis, dtype=dtype,',
  },
  {
    file: 'transformers/optimization.py',
    line: 591,
    category: 'FutureWarning',
    message:
      'This implementation of AdamW is deprecated and will be removed in a future version. Use the PyTorch implementation torch.optim.AdamW instead, or set `no_deprecation_warning=True` to disable this warning',
    source: 'warnings.warn(',
  },
  {
    file: 'PIL/TiffImagePlugin.py',
    line: 866,
    category: 'UserWarning',
    message: 'Corrupt EXIF data.  Expecting to read 4 bytes but only got 0. ',
    source: 'warnings.warn(str(msg))',
  },
  {
    file: 'timm/models/layers/__init__.py',
    line: 48,
    category: 'FutureWarning',
    message: 'Importing from timm.models.layers is deprecated, please import via timm.layers',
    source: 'warnings.warn(f"Importing from {__name__} is deprecated, please import via timm.layers", FutureWarning)',
  },
  {
    file: 'pandas/core/frame.py',
    line: 4312,
    category: 'DeprecationWarning',
    message:
      'In a future version, `df.iloc[:, i] = newvals` will attempt to set the values inplace instead of always setting a new array.',
    source: 'self._set_item_frame_value(key, value)',
  },
];

export type WriteWarning = (log: LogWriter) => void;

/** Some of the warnings that libraries give, each to be written whenever it comes. */
export function pickWarnings(random: Random, program: Program, count: number): WriteWarning[] {
  const pool = [...torchWarnings, ...otherWarnings];
  const picked: PythonWarning[] = [];
  while (picked.length < count) picked.push(...pool.splice(random.integer(0, pool.length - 1), 1));
  return picked.map((warning) => (log) => writeWarning(log, program, warning));
}

const longestPhrase = 90;

/** Two lines, as Python prints a warning. */
function writeWarning(log: LogWriter, { packages }: Program, warning: PythonWarning): void {
  const { file, line, category, message, source } = warning;
  log.line(`${packages}/${file}:${line}: ${category}: ${message}`);
  log.line(`  ${source}`);
  log.truth.warning(`${category}: ${message}`.slice(0, longestPhrase).trimEnd());
}
