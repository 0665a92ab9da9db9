import assert from 'node:assert/strict';
import { columnNames, indexColumn } from '../../activities/log-compaction/column-names.ts';
import { readSample } from '../../activities/log-compaction/sample-numbers.ts';

interface Format {
  line: string;
  head?: string;
  /** Pairs of a name and its number as they must be found, whatever else is. */
  named: Record<string, number>;
}

const formats: Record<string, Format> = {
  nanoGPT: {
    line: 'step 2000: train loss 1.7648, val loss 1.8857',
    named: { step: 2000, 'train loss': 1.7648, 'val loss': 1.8857 },
  },
  'nanoGPT, an iteration': {
    line: 'iter 2010: loss 1.6829, time 22.61ms, mfu 17.31%',
    named: { iter: 2010, loss: 1.6829, time: 22.61, mfu: 17.31 },
  },
  'the trainer of Hugging Face': {
    line: "{'loss': 0.4512, 'grad_norm': 1.25, 'learning_rate': 2e-05, 'epoch': 1.5}",
    named: { loss: 0.4512, grad_norm: 1.25, learning_rate: 2e-5, epoch: 1.5 },
  },
  Keras: {
    line: '235/235 - 3s - loss: 0.2512 - accuracy: 0.9271 - val_loss: 0.1316 - val_accuracy: 0.9601 - 3s/epoch - 13ms/step',
    named: { loss: 0.2512, accuracy: 0.9271, val_loss: 0.1316, val_accuracy: 0.9601 },
  },
  'Keras, an epoch': { line: 'Epoch 3/10', named: { Epoch: 3 } },
  fairseq: {
    line: '2024-05-01 12:00:00 | INFO | train_inner | epoch 002:    100 / 500 loss=8.21, nll_loss=7.5, ppl=181.02, wps=5120.5, lr=0.0005',
    named: { loss: 8.21, nll_loss: 7.5, ppl: 181.02, wps: 5120.5, lr: 0.0005 },
  },
  Megatron: {
    line: ' iteration      100/  500000 | consumed samples:        25600 | learning rate: 1.5E-04 | global batch size:   256 | lm loss: 6.4512E+00 | grad norm: 1.25 |',
    named: { iteration: 100, 'consumed samples': 25600, 'learning rate': 1.5e-4, 'lm loss': 6.4512, 'grad norm': 1.25 },
  },
  XGBoost: {
    line: '[10]\ttrain-rmse:0.28811\teval-rmse:0.35122',
    named: { 'train-rmse': 0.28811, 'eval-rmse': 0.35122 },
  },
  LightGBM: {
    line: "[100]\ttraining's binary_logloss: 0.3121\tvalid_1's binary_logloss: 0.3533",
    named: { binary_logloss: 0.3121 },
  },
  'meters of timm': {
    line: 'Train: 3 [ 450/1251 ( 36%)]  Loss: 3.51 (3.62)  Time: 0.51s, 501.21/s  LR: 1.0e-03',
    named: { Train: 3, Loss: 3.51, LR: 1e-3 },
  },
  'meters of the ImageNet example': {
    line: 'Epoch: [3][  10/5005]\tTime  0.25 ( 0.51)\tLoss 6.91e+00 (6.95e+00)\tAcc@1   0.78 (  0.51)\tAcc@5   1.95 (  1.25)',
    named: { Epoch: 3, Loss: 6.91, 'Acc@1': 0.78, 'Acc@5': 1.95 },
  },
  'a table of YOLO': {
    head: '      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size',
    line: '       1/50      2.31G      1.204      2.511      1.332         21        640',
    named: { box_loss: 1.204, cls_loss: 2.511, dfl_loss: 1.332, Instances: 21, Size: 640 },
  },
  CSV: {
    head: 'epoch,train_loss,val_loss,val_acc',
    line: '3,0.41,0.52,0.87',
    named: { epoch: 3, train_loss: 0.41, val_acc: 0.87 },
  },
  'a table with bars': {
    head: '| epoch | loss | acc |',
    line: '| 3 | 0.41 | 0.87 |',
    named: { epoch: 3, loss: 0.41, acc: 0.87 },
  },
  'JSON lines': {
    line: '{"step": 100, "train/loss": 2.25, "lr": 0.0003}',
    named: { step: 100, 'train/loss': 2.25, lr: 0.0003 },
  },
  'tqdm with a postfix': {
    line: ' 45%|####5     | 450/1000 [00:12<00:15, 36.51it/s, loss=0.512, acc=0.875]',
    named: { loss: 0.512, acc: 0.875 },
  },
  'a box of stable-baselines': { line: '|    ep_rew_mean      | 195.2    |', named: { ep_rew_mean: 195.2 } },
  Lightning: {
    line: 'Epoch 4:  87%|████▎| 820/938 [00:09<00:01, 84.61it/s, v_num=0, train_loss=0.123, val_loss=0.211]',
    named: { Epoch: 4, train_loss: 0.123, val_loss: 0.211 },
  },
  'key and value': {
    line: 'epoch=3 train_loss=0.25 val/acc=0.91',
    named: { epoch: 3, train_loss: 0.25, 'val/acc': 0.91 },
  },
  'a sentence': {
    line: 'Test set: Average loss: 0.0312, Accuracy: 9891/10000 (99%)',
    named: { 'Average loss': 0.0312, Accuracy: 9891 },
  },
  'a reported metric': { line: 'METRIC val_loss=0.125', named: { val_loss: 0.125 } },
};

function namedIn({ line, head = '' }: Format): Map<string, number> {
  const names = columnNames({ sample: line, head });
  const { numbers } = readSample(line);
  return new Map(names.map(({ name }, index) => [name, numbers[index]!]));
}

describe('the names of a line’s numbers', () => {
  for (const [name, format] of Object.entries(formats)) {
    it(`are found in lines of ${name}`, () => {
      const found = namedIn(format);
      for (const [column, value] of Object.entries(format.named)) {
        const key = [...found.keys()].find((each) => each === column || each.endsWith(` ${column}`));
        assert.equal(key && found.get(key), value, `${column} among ${JSON.stringify([...found])}`);
      }
    });

    it(`are one for each number, and unique, in lines of ${name}`, () => {
      const names = columnNames({ sample: format.line, head: format.head ?? '' }).map((column) => column.name);
      assert.equal(names.length, readSample(format.line).numbers.length);
      assert.equal(new Set(names).size, names.length, names.join(', '));
    });
  }

  it('are unique even where the line has names as they would be made', () => {
    const names = columnNames({ sample: 'loss 1 loss 2 loss (2) 3 loss (2): 4', head: '' }).map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, names.join(', '));
  });

  it('are short, whatever the line says', () => {
    for (const { name } of columnNames({ sample: `${'x'.repeat(3_000)}=1 ${'y'.repeat(70)}: 2`, head: '' }))
      assert.ok(name.length <= 60, name);
  });

  it('are found quickly in lines that nest many brackets and blanks', () => {
    for (const filler of ['(', ' ', '=', "'", 'a ', '- ', 'a.', '|', '[('])
      assert.equal(
        columnNames({ sample: `loss ${filler.repeat(2_000)}1`.slice(0, 4_096) + ' 2', head: filler.repeat(300) })
          .length > 0,
        true,
      );
  }).timeout(5_000);
});

describe('numbers that only say when a line was printed', () => {
  const lines = [
    '2024-05-01 12:00:07,123 - loss 2.5',
    '[2024-05-01T12:00:07.123Z] loss 2.5',
    '12:00:07 loss 2.5',
    'Wed May 1 12:00:07 2024 loss 2.5',
    'I0501 12:00:07.123456 4821 train.py:88] loss 2.5',
  ];
  for (const line of lines) {
    it(`are known in ${line}`, () => {
      const columns = columnNames({ sample: line, head: '' });
      const { numbers } = readSample(line);
      assert.equal(columns[0]?.isTime, true);
      assert.equal(columns[numbers.indexOf(2.5)]?.isTime, false);
      assert.equal(columns[numbers.indexOf(2.5)]?.name, 'loss');
    });
  }
});

describe('the column that tells how far the training is', () => {
  const lines: Record<string, number> = {
    'epoch 3 step 200 loss 2.5': 200,
    'loss 2.5 at iteration 300': 300,
    'Epoch: 7 | loss 2.5': 7,
    "{'loss': 2.5, 'epoch': 1.5}": 1.5,
    '2024-05-01 12:00:07 step=40 loss=2.5': 40,
  };
  for (const [line, value] of Object.entries(lines)) {
    it(`has ${value} in ${line}`, () => {
      assert.equal(readSample(line).numbers[indexColumn({ sample: line, head: '' })], value);
    });
  }

  it('is none where no name says so', () => assert.equal(indexColumn({ sample: 'loss 2.5 acc 0.5', head: '' }), -1));
});
