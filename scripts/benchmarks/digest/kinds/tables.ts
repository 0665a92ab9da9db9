import type { LogKind, LogWriter } from '../log-writer.ts';
import { clockTime, redraws, tqdmBar } from '../parts/bars.ts';
import { falling, rising } from '../parts/curves.ts';
import { outOfMemory } from '../parts/failures.ts';
import { pickProgram } from '../parts/programs.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

const column = { isColumn: true };

/** Ultralytics YOLO: heads above every row, the row ends in a bar. */
export const yolo: LogKind = {
  name: 'yolo',
  write(log, random) {
    const { truth } = log;
    writeYoloHead(log, random);
    for (let epoch = 1; log.progress() < 1; epoch += 1) {
      writeYoloEpoch(log, random, epoch);
      if (epoch === 3)
        log.line(
          `\u001b[34m\u001b[1mAutoAnchor: \u001b[0m${truth.needle(`4.${random.integer(10, 99)} anchors/target, 0.9${random.integer(10, 99)} Best Possible Recall (BPR)`)}. Current anchors are a good fit to dataset`,
        );
    }
    if (random.chance(0.4)) {
      writeTraceback(log, outOfMemory(random, pickProgram(random, 'detect/train.py')));
      return;
    }
    log.line(
      truth.needle(
        `EarlyStopping: Training stopped early as no improvement observed in last 100 epochs. Best results observed at epoch ${random.integer(5, 400)}, best model saved as best.pt.`,
      ),
    );
    log.line(
      'To update EarlyStopping(patience=100) pass a new patience value, i.e. `patience=300` or use `patience=0` to disable EarlyStopping.\n',
    );
    log.line(
      `Optimizer stripped from runs/detect/train/weights/last.pt, 6.2MB\nOptimizer stripped from runs/detect/train/weights/best.pt, 6.2MB`,
    );
  },
};

function writeYoloHead(log: LogWriter, random: Random): void {
  const { truth } = log;
  log.line('Ultralytics YOLOv8.2.18 🚀 Python-3.10.12 torch-2.2.1+cu121 CUDA:0 (Tesla T4, 15102MiB)');
  log.line(
    '\u001b[34m\u001b[1mengine/trainer: \u001b[0mtask=detect, mode=train, model=yolov8n.pt, data=coco128.yaml, epochs=500, patience=100, batch=16, imgsz=640',
  );
  log.line(
    '\n                   from  n    params  module                                       arguments                     ',
  );
  for (let layer = 0; layer < 22; layer += 1) {
    log.line(
      `${String(layer).padStart(3)}                  -1  1 ${String(random.integer(100, 99999)).padStart(9)}  ultralytics.nn.modules.${random.pick(['conv.Conv', 'block.C2f', 'block.SPPF'])}             [${random.integer(3, 256)}, ${random.integer(16, 512)}, 3, 2]                 `,
    );
  }
  log.write(
    redraws(
      4,
      (share) =>
        `\u001b[34m\u001b[1mtrain: \u001b[0mScanning labels/train... ${Math.floor(126 * share)} images: ${Math.floor(100 * share)}%`,
    ),
  );
  log.line(
    '\r\u001b[34m\u001b[1mtrain: \u001b[0mScanning labels/train... 126 images, 2 backgrounds, 0 corrupt: 100%|██████████| 128/128 [00:00<00:00, 1912.55it/s]',
  );
  for (let index = 0; index < 6; index += 1) {
    log.line(
      `\u001b[34m\u001b[1mtrain: \u001b[0mWARNING ⚠️ images/${random.hexadecimal(10)}.jpg: ${truth.warning('ignoring corrupt image/label: non-normalized or out of bounds coordinates')} [${(1 + random.next()).toFixed(4)}]`,
    );
  }
}

function writeYoloEpoch(log: LogWriter, random: Random, epoch: number): void {
  const { truth } = log;
  const progress = log.progress();
  const loss = (name: string, from: number): string =>
    truth.metric(name, falling(progress, { from, to: from / 3 }, random).toPrecision(4), column).padStart(10);
  const counts = `${String(random.integer(10, 99)).padStart(10)}${'640'.padStart(10)}`;
  const row = `${`${epoch}/500`.padStart(10)}${'2.38G'.padStart(10)} ${loss('box_loss', 1.6)} ${loss('cls_loss', 3.1)} ${loss('dfl_loss', 1.4)} ${counts}`;
  log.line('\n      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size');
  log.write(redraws(5, (share) => `${row}: ${bar(Math.floor(100 * share), 100)}`));
  log.line(`\r${row}: ${bar(100, 100)}`);
  const score = (name: string, to: number): string =>
    truth
      .metric(name, String(Number(rising(progress, { from: 0.05, to }, random).toPrecision(3))), column)
      .padStart(10);
  const head = '                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95)';
  log.write(redraws(2, (share) => `${head}: ${bar(Math.floor(4 * share), 4)}`));
  log.line(`\r${head}: ${bar(4, 4)}`);
  log.line(
    `${'all'.padStart(22)}${'128'.padStart(11)}${'929'.padStart(11)} ${score('P', 0.74)} ${score('R', 0.66)} ${score('mAP50', 0.71)} ${score('mAP50-95', 0.53)}`,
  );
}

function bar(done: number, total: number): string {
  return tqdmBar({ done, total, perSecond: 9.5 });
}

/** fastai's `ProgressCallback` without a notebook: the head once, then a row an epoch. */
export const fastai: LogKind = {
  name: 'fastai table',
  write(log, random) {
    const { truth } = log;
    for (let run = 0; log.progress() < 1; run += 1) {
      const isFirst = run === 0;
      log.line(
        isFirst
          ? 'epoch     train_loss  valid_loss  accuracy  time    '
          : `\nfold ${run}\nepoch     train_loss  valid_loss  accuracy  time    `,
      );
      const epochs = random.integer(12, 20);
      for (let epoch = 0; epoch < epochs; epoch += 1) {
        const share = epoch / epochs;
        log.write(`\r${' '.repeat(60)}\r`);
        const cells = [
          String(epoch),
          truth.metric('train_loss', falling(share, { from: 1.2, to: 0.2 }, random).toFixed(6), column),
          truth.metric('valid_loss', falling(share, { from: 1.0, to: 0.3 }, random).toFixed(6), column),
          truth.metric('accuracy', rising(share, { from: 0.4, to: 0.92 }, random).toFixed(6), column),
          clockTime(random.integer(50, 70)),
        ];
        log.line(cells.map((cell, index) => cell.padEnd(index === 0 || index === 3 ? 10 : 12)).join(''));
      }
      log.line(
        `${truth.repeated('Better model found at epoch')} ${random.integer(1, 11)} with accuracy value: 0.${random.integer(900000, 999999)}.`,
      );
    }
    log.line(truth.needle(`No improvement since epoch ${random.integer(3, 11)}: early stopping`));
  },
};
