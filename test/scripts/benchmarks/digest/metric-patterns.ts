/** A number, or what Python prints instead. */
const n = String.raw`(-?[\d.]+(?:[eE][-+]?\d+)?|nan|NAN|-?inf)`;

function pattern(source: string): RegExp {
  return new RegExp(source.replaceAll('<n>', n));
}

/** For each kind of log the series that it has, and where their values stand in a line. */
const sources: Record<string, Record<string, string>> = {
  nanogpt: {
    'train loss': String.raw`^step \d+: train loss <n>,`,
    'val loss': String.raw`^step \d+: .* val loss <n>$`,
    loss: String.raw`^iter \d+: loss <n>,`,
    mfu: 'mfu <n>%$',
  },
  'modded-nanogpt': { val_loss: 'val_loss:<n> ', train_loss: 'train_loss:<n> ' },
  'tqdm loop': {
    loss: String.raw`\d\d(?:\.\d+)?it/s, loss=<n>, acc`,
    acc: String.raw`it/s, loss=\S+ acc=<n>\]`,
    'validation loss': String.raw`^Validation \| loss: <n> `,
    'validation acc': String.raw`^Validation .* acc: <n>$`,
  },
  'hugging face': {
    loss: String.raw`\{'loss': <n>,`,
    grad_norm: "'grad_norm': <n>,",
    learning_rate: "'learning_rate': <n>,",
    eval_loss: "'eval_loss': <n>,",
    train_loss: "'train_loss': <n>,",
  },
  lightning: { train_loss_step: 'train_loss_step=<n>, val', val_loss: String.raw`val_loss=<n>\]` },
  'keras 2': kerasSources(),
  'keras 3 (coloured)': kerasSources(),
  'torchrun --tee': { loss: ' loss=<n> ', grad_norm: 'grad_norm=<n> ' },
  'torchrun with NCCL': { 'train/loss': String.raw`train/loss <n> \|`, lr: String.raw`\| lr <n>$` },
  'slurm, srun --label': { loss: String.raw`\] loss <n> \|`, ppl: String.raw`\| ppl <n> \|` },
  'slurm, killed': { train_loss: 'train_loss <n>,', val_dice: 'val_dice <n>,' },
  fairseq: {
    'train_inner loss': 'train_inner .* loss=<n>, nll',
    lr: ' lr=<n>,',
    gnorm: 'gnorm=<n>,',
    wps: 'wps=<n>,',
    'valid loss': String.raw`'valid' subset \| loss <n> \|`,
  },
  megatron: {
    'lm loss': String.raw`\| lm loss: <n> \|`,
    'grad norm': 'grad norm: <n> ',
    'learning rate': 'learning rate: <n> ',
    'throughput per GPU': String.raw`\(TFLOP/s/GPU\): <n> `,
    'lm loss value': 'lm loss value: <n> ',
  },
  deepspeed: {
    lr: String.raw`lr=\[<n>\]`,
    loss: ', loss=<n>$',
    RunningAvgSamplesPerSec: 'RunningAvgSamplesPerSec=<n>,',
  },
  yolo: yoloSources(),
  'fastai table': {
    train_loss: String.raw`^\d+ +<n> +\S+ +\S+ +\d\d:\d\d *$`,
    valid_loss: String.raw`^\d+ +\S+ +<n> +\S+ +\d\d:\d\d *$`,
    accuracy: String.raw`^\d+ +\S+ +\S+ +<n> +\d\d:\d\d *$`,
  },
  'stable-baselines3': {
    ...Object.fromEntries(
      ['ep_rew_mean', 'approx_kl', 'entropy_loss', 'explained_variance', 'value_loss'].map((name) => [
        name,
        String.raw`^\| +${name} +\| <n> +\|$`,
      ]),
    ),
    episode_reward: String.raw`episode_reward=<n> \+`,
  },
  timm: {
    'train loss': '^Train: .*Loss: <n> ',
    LR: 'LR: <n> ',
    'test loss': '^Test: .*Loss: <n> ',
    'Acc@1': 'Acc@1: <n> ',
  },
  'torchvision (CRLF)': { loss: ' loss: <n> ', lr: ' lr: <n> ', acc1: 'acc1: <n> ', 'Acc@1': 'Acc@1 <n> ' },
  xgboost: { 'train-logloss': 'train-logloss:<n>', 'eval-logloss': 'eval-logloss:<n>', 'eval-auc': 'eval-auc:<n>$' },
  lightgbm: { "training's auc": "training's auc: <n>", "valid_1's auc": "valid_1's auc: <n>$" },
  catboost: { learn: String.raw`^\d+:\s+learn: <n>`, test: String.raw`\stest: <n>`, best: String.raw`\sbest: <n> ` },
  'jax with absl': {
    'train loss': String.raw`\] \[\d+\] accuracy=.* loss=<n>,`,
    accuracy: 'accuracy=<n>,',
    steps_per_second: 'steps_per_second=<n>$',
    'eval loss': 'eval epoch: .* loss: <n>$',
  },
  'json lines': { loss: '"loss": <n>,', auc: '"auc": <n>,', f1: '"f1": <n>}' },
  mmengine: {
    lr: ' lr: <n> ',
    grad_norm: 'grad_norm: <n> ',
    loss: ' loss: <n> ',
    'coco/bbox_mAP': 'coco/bbox_mAP: <n> ',
  },
  'rich (coloured)': { train_loss: 'train_loss=<n> ', bleu: 'bleu=<n> ', chrf: 'chrf=<n> ' },
  'own loop, epoch blocks': { 'train Loss': 'train Loss: <n> ', 'val Loss': 'val Loss: <n> ', F1: 'F1: <n>$' },
  'assertion storm': { loss: String.raw`\] loss=<n> `, acc: ' acc=<n>$' },
  repetitive: { loss: ' loss <n> ', grad_norm: 'grad_norm <n> ', val_loss: 'val_loss <n>$' },
  'every line distinct': {},
  'ids in every line': { reward: 'reward <n> ' },
  'varied tracebacks': {},
  'one line': {},
  'ray tune': { mean_loss: 'mean_loss=<n> ', mean_accuracy: 'mean_accuracy=<n>$' },
};

function kerasSources(): Record<string, string> {
  return {
    loss: '^1875/1875 .* - loss: <n> ',
    accuracy: '^1875/1875 .* - accuracy: <n> ',
    val_loss: '^1875/1875 .* - val_loss: <n> ',
    val_accuracy: '^1875/1875 .* - val_accuracy: <n>$',
    'Test accuracy': '^Test accuracy: <n>$',
  };
}

function yoloSources(): Record<string, string> {
  const losses = String.raw`^ +\d+/500 +[\d.]+G`;
  const scores = String.raw`^ +all +128 +929`;
  return {
    box_loss: after(losses, 0),
    cls_loss: after(losses, 1),
    dfl_loss: after(losses, 2),
    P: after(scores, 0),
    R: after(scores, 1),
    mAP50: after(scores, 2),
    'mAP50-95': after(scores, 3),
  };
}

function after(head: string, skipped: number): string {
  return `${head}${String.raw` +\S+`.repeat(skipped)} +<n>`;
}

/** Throws for a kind that it does not know. */
export function metricPatterns(kind: string): Map<string, RegExp> {
  const known = sources[kind];
  if (known === undefined) throw new Error(`No pattern is known for the metrics of ${kind}.`);
  return new Map(Object.entries(known).map(([series, source]) => [series, pattern(source)]));
}
