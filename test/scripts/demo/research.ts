import { startServer, type ScriptedModelServer } from '../../../scripts/demo/scripted-model/server.ts';
import type { FailedExecution, TrialOutcome } from '../../../workflows/domain/trial.ts';
import type { Metric } from '../../../workflows/schema/metric.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { Laboratory } from './laboratory.ts';

/** The titles under which the scripted researcher runs its trials, in their order. */
export const titles = {
  baseline: 'Softmax regression baseline',
  hiddenLayer: 'MLP with one hidden layer',
  wider: 'Widen the hidden layer',
  augmentation: 'Shift, rotate and scale the images',
  long: 'Adam, dropout and longer training',
};

/** A crash whose innermost frame is in a library. */
export const crash: FailedExecution & { excerpt: string } = {
  kind: 'crashed',
  exitCode: 1,
  signal: null,
  excerpt: `step 5: train_loss=1.5
Traceback (most recent call last):
  File "train.py", line 61, in <module>
    main()
  File "train.py", line 44, in evaluate
    check(images)
  File "/usr/lib/python3/numpy/core.py", line 7, in check
    raise FloatingPointError("overflow in exp")
FloatingPointError: overflow in exp`,
};

/** Three seeds around a mean. */
export function measured(mean: number, spread = 0.1): TrialOutcome {
  return { kind: 'completed', mean, standardDeviation: spread, values: [mean - spread, mean, mean + spread] };
}

export interface Research {
  readonly baseUrl: string;
  /** A laboratory in a folder of its own, before its plan. */
  aLaboratory: (metric?: Metric) => Laboratory;
  /** Its trials measured these means, and its plan was revised wherever an analysis asked for it. */
  afterTrials: (trials: [title: string, mean: number][], metric?: Metric) => Promise<Laboratory>;
}

/** A served scripted model for a suite. Call it inside of `describe`: its hooks are that suite's. */
export function research(): Research {
  const folder = temporaryFolder();
  let server: ScriptedModelServer;
  let laboratories = 0;
  before(async () => {
    server = await startServer(0);
  });
  after(() => server.close());

  const aLaboratory = (metric?: Metric): Laboratory => {
    laboratories += 1;
    return new Laboratory(`${folder()}/${laboratories}`, server.baseUrl, metric);
  };
  return {
    get baseUrl() {
      return server.baseUrl;
    },
    aLaboratory,
    async afterTrials(trials, metric) {
      const laboratory = aLaboratory(metric);
      await laboratory.plan();
      for (const [title, mean] of trials) {
        const { verdict, reason } = await laboratory.conclude(title, measured(mean));
        if (verdict === 'revisePlan') await laboratory.revise(reason);
      }
      return laboratory;
    },
  };
}
