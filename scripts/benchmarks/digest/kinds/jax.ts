import { withPrefix, type LogKind, type LogWriter } from '../log-writer.ts';
import { createClock } from '../parts/clock.ts';
import { falling, rising } from '../parts/curves.ts';
import { missingKey } from '../parts/failures.ts';
import { pickProgram } from '../parts/programs.ts';
import { exceptionPhrase, writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** JAX with absl logging and `clu.metric_writers`: a glog head before every line, also before a traceback's. */
export const jaxAbsl: LogKind = {
  name: 'jax with absl',
  write(log, random) {
    const { truth } = log;
    const clock = createClock('2024-05-11T10:10:10');
    const thread = random.integer(100000, 999999);
    const from: From = (severity, place) => withPrefix(log, () => `${severity}${clock.glog()} ${thread} ${place}] `);
    writeStart(random, from);
    for (let step = 0; log.progress() < 1; step += 100) {
      clock.advance(11.3);
      const progress = log.progress();
      const loss = truth.metric('loss', String(falling(progress, { from: 6.9, to: 1.3 }, random)), {
        series: 'train loss',
      });
      from('I', 'logging_writer.py:64').line(
        `[${step}] accuracy=${truth.metric('accuracy', String(rising(progress, { from: 0.01, to: 0.74 }, random)))}, learning_rate=${(0.1 * (1 - 0.9 * Math.min(1, progress))).toFixed(6)}, loss=${loss}, steps_per_second=${truth.metric('steps_per_second', (8.8 + 0.2 * random.normal()).toFixed(5))}`,
      );
      if (step % 1000 === 0)
        from('I', 'train.py:311').line(
          `eval epoch: ${step / 1000}, loss: ${truth.metric('loss', falling(progress, { from: 6, to: 1.5 }, random).toFixed(4), { series: 'eval loss' })}`,
        );
      if (random.chance(0.01))
        from('W', 'input_pipeline.py:204').line(
          `${truth.warning('Dropping remainder of shard, host is behind by')} ${random.integer(1, 40)} batches`,
        );
    }
    if (random.chance(0.5)) writeExhausted(from('E', 'app.py:288'), random);
    else writeTraced(log, random, from);
  },
};

type From = (severity: string, place: string) => LogWriter;

function writeStart(random: Random, from: From): void {
  const { truth } = from('I', '');
  from('I', 'xla_bridge.py:660').line(
    "Unable to initialize backend 'rocm': module 'jaxlib.xla_extension' has no attribute 'GpuAllocatorConfig'",
  );
  from('W', 'xla_bridge.py:852').line(
    truth.warning(
      'An NVIDIA GPU may be present on this machine, but a CUDA-enabled jaxlib is not installed. Falling back to cpu.',
    ),
  );
  from('I', 'main.py:51').line(
    `JAX process: 0 / 4\nJAX local devices: [TpuDevice(id=0, process_index=0, coords=(0,0,0), core_on_chip=0)]`,
  );
  if (random.chance(0.5))
    from('I', 'checkpoints.py:1077').line(
      truth.needle(
        `Restoring legacy Flax checkpoint from gs://bucket/${random.hexadecimal(8)}/checkpoint_${random.integer(100, 9999)}`,
      ),
    );
}

function writeTraced(log: LogWriter, random: Random, from: From): void {
  const program = pickProgram(random, 'train.py');
  writeTraceback(
    from('E', 'app.py:288'),
    {
      ...missingKey(random, program),
      type: 'jax.errors.TracerBoolConversionError',
      message: `Attempted boolean conversion of traced array with shape bool[${random.integer(2, 512)}].`,
    },
    { relation: 'cause', raised: missingKey(random, program) },
  );
  log.line(
    '--------------------\nFor simplicity, JAX has removed its internal frames from the traceback of the following exception. Set JAX_TRACEBACK_FILTERING=off to include these.',
  );
}

function writeExhausted(log: LogWriter, random: Random): void {
  const type = 'jaxlib.xla_extension.XlaRuntimeError';
  const message = `RESOURCE_EXHAUSTED: Out of memory while trying to allocate ${random.integer(10, 99)}179869184 bytes.`;
  const line = random.integer(40, 400);
  log.line(
    `Traceback (most recent call last):\n  File "/home/user/vit/main.py", line 70, in main\n    train.train_and_evaluate(FLAGS.config, FLAGS.workdir)`,
  );
  log.line(
    `  File "/home/user/vit/train.py", line ${line}, in train_and_evaluate\n    state, metrics = p_train_step(state, batch)`,
  );
  log.line(
    `${type}: ${message}\nBufferAssignment OOM Debugging.\nBufferAssignment stats:\n             parameter allocation:   10.11GiB\n              constant allocation:         0B`,
  );
  log.truth.exception(exceptionPhrase(type, message));
  log.truth.location('/home/user/vit/train.py', line);
}
