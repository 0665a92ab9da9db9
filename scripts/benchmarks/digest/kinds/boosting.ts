import type { LogKind } from '../log-writer.ts';
import { falling, rising } from '../parts/curves.ts';

/** XGBoost: tabs between fields; it falls back and says so in two lines. */
export const xgboost: LogKind = {
  name: 'xgboost',
  write(log, random) {
    const { truth } = log;
    log.line(
      `[10:11:12] WARNING: ../src/learner.cc:767: \n${truth.warning('Parameters: { "silent", "n_jobs_old" } are not used.')}\n`,
    );
    for (let round = 0; log.progress() < 1; round += 1) {
      const progress = log.progress();
      const train = truth.metric('train-logloss', falling(progress, { from: 0.69, to: 0.11 }, random).toFixed(5));
      const test = truth.metric('eval-logloss', falling(progress, { from: 0.69, to: 0.23 }, random).toFixed(5));
      log.line(
        `[${round}]\ttrain-logloss:${train}\teval-logloss:${test}\teval-auc:${truth.metric('eval-auc', rising(progress, { from: 0.6, to: 0.91 }, random).toFixed(5))}`,
      );
      if (round % 97 === 96)
        log.line(
          `[10:${random.integer(10, 59)}:${random.integer(10, 59)}] ${truth.warning('WARNING: ../src/common/error_msg.cc:58: Falling back to prediction using DMatrix due to mismatched devices.')} This might lead to higher memory usage and slower performance. XGBoost is running on: cuda:0, while the input data is on: cpu.`,
        );
    }
    log.line(truth.needle(`best_iteration=${random.integer(40, 900)}, best_score=0.${random.integer(10000, 99999)}`));
    if (random.chance(0.5))
      log.line(
        `[10:59:01] /workspace/src/gbm/../common/device_helpers.cuh:428: ${truth.needle(`Memory allocation error on worker 0: bad_alloc: cudaErrorMemoryAllocation: out of memory - Free memory: ${random.integer(1000000, 9000000)}`)}\n- Requested memory: 4194304000`,
      );
  },
};

/** LightGBM: folds after one another, and one warning thousands of times. */
export const lightgbm: LogKind = {
  name: 'lightgbm',
  write(log, random) {
    const { truth } = log;
    for (let fold = 1; log.progress() < 1; fold += 1) {
      log.line(`Fold ${fold}`);
      log.line(
        `[LightGBM] [Info] Number of positive: ${random.integer(10000, 99999)}, number of negative: ${random.integer(100000, 999999)}`,
      );
      log.line(
        `[LightGBM] [Warning] ${truth.warning('Auto-choosing row-wise multi-threading, the overhead of testing was')} 0.0${random.integer(10000, 99999)} seconds.`,
      );
      log.line("Training until validation scores don't improve for 100 rounds");
      for (let round = 50; round <= 1000; round += 50) {
        const share = round / 1000;
        log.line(
          `[${round}]\ttraining's auc: ${truth.metric("training's auc", rising(share, { from: 0.7, to: 0.95 }, random).toFixed(6))}\tvalid_1's auc: ${truth.metric("valid_1's auc", rising(share, { from: 0.68, to: 0.9 }, random).toFixed(6))}`,
        );
        for (let index = random.integer(0, 6); index > 0; index -= 1)
          log.line(`[LightGBM] [Warning] ${truth.warning('No further splits with positive gain, best gain: -inf')}`);
      }
      log.line(
        `${truth.repeated('Early stopping, best iteration is:')}\n[${random.integer(100, 900)}]\ttraining's logloss: 0.2${random.integer(10000, 99999)}`,
      );
    }
    log.line(truth.needle(`CV score: 0.${random.integer(10000, 99999)} (out of fold, all folds)`));
  },
};

/** CatBoost: a column of remaining time that never repeats. */
export const catboost: LogKind = {
  name: 'catboost',
  write(log, random) {
    const { truth } = log;
    log.line('Learning rate set to 0.051421');
    log.line(
      `${truth.warning('Warning: less than 75% GPU memory available for training.')} Free: 9123.5 Total: 15102.0625`,
    );
    let best = 1;
    let bestRound = 0;
    for (let round = 0; log.progress() < 1; round += 1) {
      const progress = log.progress();
      const learn = truth.metric('learn', falling(progress, { from: 0.68, to: 0.3 }, random).toFixed(7));
      const test = falling(progress, { from: 0.69, to: 0.35 }, random).toFixed(7);
      if (Number(test) < best) [best, bestRound] = [Number(test), round];
      const spent = round * 0.0515;
      log.line(
        `${round}:\tlearn: ${learn}\ttest: ${truth.metric('test', test)}\tbest: ${truth.metric('best', best.toFixed(7))} (${bestRound})\ttotal: ${spent.toFixed(1)}s\tremaining: ${Math.floor(spent)}m ${random.integer(0, 59)}s`,
      );
    }
    log.line(
      `${truth.needle('Stopped by overfitting detector  (50 iterations wait)')}\n\nbestTest = ${best}\n${truth.needle(`bestIteration = ${bestRound}`)}\n\nShrink model to first ${bestRound + 1} iterations.`,
    );
  },
};
