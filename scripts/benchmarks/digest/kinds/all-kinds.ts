import type { LogKind } from '../log-writer.ts';
import { catboost, lightgbm, xgboost } from './boosting.ts';
import { deepSpeed } from './deep-speed.ts';
import { fairseq } from './fairseq.ts';
import { huggingFace } from './hugging-face.ts';
import { jaxAbsl } from './jax.ts';
import { jsonLines } from './json-lines.ts';
import { keras2, keras3 } from './keras.ts';
import { lightning } from './lightning.ts';
import { megatron } from './megatron.ts';
import { timm, torchvisionReference } from './meters.ts';
import { moddedNanoGpt } from './modded-nano-gpt.ts';
import { nanoGpt } from './nano-gpt.ts';
import { openMmlab } from './open-mmlab.ts';
import { assertionStorm, epochBlocks } from './own-loops.ts';
import { rayTune } from './ray.ts';
import { rich } from './rich.ts';
import { slurmKilled, slurmLabelled } from './slurm.ts';
import { stableBaselines } from './stable-baselines.ts';
import { fastai, yolo } from './tables.ts';
import { torchrunNccl, torchrunTee } from './torchrun.ts';
import { tqdmLoop } from './tqdm-loop.ts';

/** Every form of log that facts are counted in. */
export const allKinds: readonly LogKind[] = [
  nanoGpt,
  moddedNanoGpt,
  tqdmLoop,
  huggingFace,
  lightning,
  keras2,
  keras3,
  torchrunTee,
  torchrunNccl,
  slurmLabelled,
  slurmKilled,
  fairseq,
  megatron,
  deepSpeed,
  yolo,
  fastai,
  stableBaselines,
  timm,
  torchvisionReference,
  xgboost,
  lightgbm,
  catboost,
  jaxAbsl,
  jsonLines,
  openMmlab,
  rich,
  epochBlocks,
  assertionStorm,
  rayTune,
];
