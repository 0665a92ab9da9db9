import type { LogKind, LogWriter } from '../log-writer.ts';
import { createClock } from '../parts/clock.ts';
import { exponential, falling, rising, scheduledRate } from '../parts/curves.ts';
import { notFinite, wrongState } from '../parts/failures.ts';
import { writeSettings } from '../parts/noise.ts';
import { pickProgram } from '../parts/programs.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** MMEngine: date, name and level before lines with a dozen losses; a table of results for each class. */
export const openMmlab: LogKind = {
  name: 'mmengine',
  write(log, random) {
    const { truth } = log;
    const clock = createClock('2023-06-01T10:10:10');
    const head = (level = 'INFO'): string => `${clock.plain().replaceAll('-', '/')} - mmengine - ${level} -`;
    log.line(`${head()} Config:`);
    writeSettings(log, random, 'yaml');
    log.line(
      `${head('WARNING')} ${truth.warning('Failed to search registry with scope "mmdet" in the "vis_backend" registry tree.')} As a workaround, the current "vis_backend" registry in "mmengine" is used to build instance.`,
    );
    log.line(
      `${head()} ${truth.needle(`Load checkpoint from https://download.openmmlab.com/mmdetection/faster_rcnn_${random.hexadecimal(8)}.pth`)}`,
    );
    const names = ['loss_rpn_cls', 'loss_rpn_bbox', 'loss_cls', 'loss_bbox'];
    for (let epoch = 1; log.progress() < 1; epoch += 1) {
      for (let iteration = 50; iteration <= 2000 && log.progress() < 1; iteration += 50) {
        clock.advance(17);
        const progress = log.progress();
        const parts = names
          .map((name) => `${name}: ${falling(progress, { from: 0.6, to: 0.1 }, random).toFixed(4)}`)
          .join('  ');
        log.line(
          `${head()} Epoch(train)  [${epoch}][${String(iteration).padStart(4)}/2000]  lr: ${truth.metric('lr', exponential(scheduledRate(progress, 0.02), 4))}  eta: 1 day, ${random.integer(1, 9)}:03:04  time: 0.3412  data_time: 0.0${random.integer(100, 999)}  memory: 3456  grad_norm: ${truth.metric('grad_norm', falling(progress, { from: 9, to: 1.7 }, random).toFixed(4))}  loss: ${truth.metric('loss', falling(progress, { from: 2.1, to: 0.45 }, random).toFixed(4))}  ${parts}`,
        );
      }
      writeClasses(log, random);
      log.line(
        `${head()} Epoch(val) [${epoch}][625/625]    coco/bbox_mAP: ${truth.metric('coco/bbox_mAP', rising(log.progress(), { from: 0.05, to: 0.41 }, random).toFixed(4))}  coco/bbox_mAP_50: 0.5${random.integer(100, 999)}  data_time: 0.0021  time: 0.0521`,
      );
      if (random.chance(0.4))
        log.line(
          `${head()} ${truth.repeated('The best checkpoint with')} 0.${random.integer(1000, 4999)} coco/bbox_mAP at ${epoch} epoch is saved to best_coco_bbox_mAP_epoch_${epoch}.pth.`,
        );
    }
    const program = pickProgram(random, 'tools/train.py');
    writeTraceback(
      log,
      notFinite(random, program),
      random.chance(0.5) ? { relation: 'context', raised: wrongState(random, program) } : undefined,
    );
  },
};

function writeClasses(log: LogWriter, random: Random): void {
  log.line(
    `\n+-----------+-------+--------+--------+\n| category  | mAP   | mAP_50 | mAP_75 |\n+-----------+-------+--------+--------+`,
  );
  for (const name of ['person', 'bicycle', 'car', 'dog'])
    log.line(
      `| ${name.padEnd(9)} | 0.${random.integer(100, 600)} | 0.${random.integer(100, 700)}  | 0.${random.integer(100, 600)}  |`,
    );
  log.line('+-----------+-------+--------+--------+');
}
