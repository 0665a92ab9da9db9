import type { Random } from '../random.ts';
import type { Frame } from './traceback.ts';

/** Whose program the log is of: where its files lie, and where Python's do. */
export interface Program {
  folder: string;
  /** The one that was started, below the folder. */
  script: string;
  packages: string;
}

const folders = ['/workspace/repo', '/home/mlin/projects/vision', '/srv/exp', '/mnt/data/users/kofi/code', '/app'];
const packageFolders = [
  '/usr/local/lib/python3.10/dist-packages',
  '/opt/conda/lib/python3.11/site-packages',
  '/home/mlin/miniconda3/envs/train/lib/python3.9/site-packages',
  '/venv/lib/python3.12/site-packages',
];

export function pickProgram(random: Random, script = 'train.py'): Program {
  return { folder: random.pick(folders), script, packages: random.pick(packageFolders) };
}

const inner: readonly [file: string, name: string, code: string][] = [
  ['engine/trainer.py', 'train_one_epoch', 'loss = self.compute_loss(batch)'],
  ['engine/loop.py', 'run_epoch', 'out = model(x, targets=y)'],
  ['models/transformer.py', 'forward', 'x = block(x, attention_mask)'],
  ['models/heads.py', 'forward', 'return self.classifier(features.flatten(1))'],
  ['losses.py', 'contrastive_loss', 'logits = a @ b.t() / self.temperature'],
  ['data/collate.py', '__call__', 'return torch.stack([item["pixels"] for item in batch])'],
  ['utils/checkpoint.py', 'load_state', 'model.load_state_dict(state["model"])'],
];

/** The script's own frames, outermost first: `<module>`, `main` and one or two further in. */
export function ownFrames(random: Random, { folder, script }: Program): Frame[] {
  const line = (): number => random.integer(20, 900);
  const frames = [
    { file: `${folder}/${script}`, line: line(), name: '<module>', code: 'main(parse_arguments())' },
    { file: `${folder}/${script}`, line: line(), name: 'main', code: 'trainer.fit(model, loaders)' },
  ];
  const [file, name, code] = random.pick(inner);
  frames.push({ file: `${folder}/${file}`, line: line(), name, code });
  return frames;
}

const torchFrames: readonly [file: string, line: number, name: string, code: string][] = [
  ['torch/nn/modules/module.py', 1518, '_wrapped_call_impl', 'return self._call_impl(*args, **kwargs)'],
  ['torch/nn/modules/module.py', 1527, '_call_impl', 'return forward_call(*args, **kwargs)'],
];

export function moduleFrames({ packages }: Program): Frame[] {
  return torchFrames.map(([file, line, name, code]) => ({ file: `${packages}/${file}`, line, name, code }));
}

export function libraryFrame({ packages }: Program, file: string, code: string): Frame {
  return { file: `${packages}/${file}`, line: 100 + ((file.length * 37) % 900), name: 'forward', code };
}
