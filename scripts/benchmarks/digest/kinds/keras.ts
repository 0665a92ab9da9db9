import type { LogKind, LogWriter } from '../log-writer.ts';
import { clockTime } from '../parts/bars.ts';
import { falling, rising } from '../parts/curves.ts';
import type { Random } from '../random.ts';
import { exceptionPhrase } from '../parts/traceback.ts';
import { createClock } from '../parts/clock.ts';

/** Keras 2 (`model.fit`, `Progbar`): redraws with backspaces and a carriage return, callbacks between epochs. */
export const keras2: LogKind = {
  name: 'keras 2',
  write: (log, random) => writeFit(log, random, { frame: plainFrame, validationNames: ['val_loss', 'val_accuracy'] }),
};

/** Keras 3: the bar is coloured, also in a file. */
export const keras3: LogKind = {
  name: 'keras 3 (coloured)',
  write: (log, random) =>
    writeFit(log, random, { frame: colouredFrame, validationNames: ['val_loss', 'val_accuracy'] }),
};

interface Style {
  frame: (done: number, total: number, seconds: number) => string;
  validationNames: readonly [string, string];
}

const total = 1875;

function plainFrame(done: number, of: number, seconds: number): string {
  const filled = Math.floor((30 * done) / of);
  const bar =
    done === of ? '='.repeat(30) : `${'='.repeat(Math.max(0, filled - 1))}>${'.'.repeat(30 - Math.max(1, filled))}`;
  const time = done === of ? `${Math.round(seconds)}s 2ms/step` : `ETA: ${clockTime(seconds * (1 - done / of))}`;
  return `${String(done).padStart(String(of).length)}/${of} [${bar}] - ${time}`;
}

function colouredFrame(done: number, of: number, seconds: number): string {
  const filled = Math.floor((20 * done) / of);
  const bar = `\u001b[32m${'━'.repeat(filled)}\u001b[0m\u001b[37m${'━'.repeat(20 - filled)}\u001b[0m`;
  const time = done === of ? `${Math.round(seconds)}s` : clockTime(seconds * (1 - done / of));
  return `\u001b[1m${String(done).padStart(String(of).length)}/${of}\u001b[0m ${bar} \u001b[1m${time}\u001b[0m 2ms/step`;
}

function writeFit(log: LogWriter, random: Random, { frame, validationNames }: Style): void {
  const { truth } = log;
  writeTensorFlowNoise(log, random);
  const [lossName, accuracyName] = validationNames;
  let best = Infinity;
  let epoch = 1;
  for (; log.progress() < 1; epoch += 1) {
    log.line(`Epoch ${epoch}/100`);
    writeRedraws(log, random, frame);
    const progress = log.progress();
    const loss = truth.metric('loss', falling(progress, { from: 1.9, to: 0.12 }, random).toFixed(4));
    const accuracy = truth.metric('accuracy', rising(progress, { from: 0.41, to: 0.93 }, random).toFixed(4));
    const validation = falling(progress, { from: 1.7, to: 0.3 }, random);
    const results = [
      `loss: ${loss} - accuracy: ${accuracy}`,
      `${lossName}: ${truth.metric(lossName, validation.toFixed(4))}`,
      `${accuracyName}: ${truth.metric(accuracyName, rising(progress, { from: 0.4, to: 0.88 }, random).toFixed(4))}`,
    ];
    log.line(`${frame(total, total, 4 + random.next())} - ${results.join(' - ')}`);
    if (validation < best)
      log.line(
        `\nEpoch ${epoch}: val_loss improved from ${best.toFixed(5)} to ${validation.toFixed(5)}, ${truth.repeated('saving model to best.keras')}`,
      );
    else log.line(`\nEpoch ${epoch}: ${truth.repeated('val_loss did not improve from')} ${best.toFixed(5)}`);
    best = Math.min(best, validation);
    if (epoch === 2)
      log.line(truth.needle(`Epoch ${epoch}: ReduceLROnPlateau reducing learning rate to 0.0005000000237487257.`));
  }
  writeEnd(log, random, epoch);
}

function writeRedraws(log: LogWriter, random: Random, frame: Style['frame']): void {
  let before = 0;
  for (let index = 1; index < 10; index += 1) {
    const loss = falling(log.progress(), { from: 2, to: 0.2 }, random).toFixed(4);
    const text = `${frame(Math.floor((total * index) / 10), total, 5)} - loss: ${loss} - accuracy: 0.${random.integer(1000, 9999)}`;
    log.write(`${'\b'.repeat(before)}\r${text}`);
    before = text.length;
  }
  log.write(`${'\b'.repeat(before)}\r`);
}

function writeTensorFlowNoise(log: LogWriter, random: Random): void {
  const { truth } = log;
  const clock = createClock('2024-03-08T09:12:44');
  const head = (): string => `${clock.plain()}.${random.integer(100000, 999999)}:`;
  log.line(
    `${head()} I tensorflow/core/platform/cpu_feature_guard.cc:182] This TensorFlow binary is optimized to use available CPU instructions in performance-critical operations.`,
  );
  log.line(
    `${head()} W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] ${truth.warning('TF-TRT Warning: Could not find TensorRT')}`,
  );
  log.line(
    'Model: "sequential"\n_________________________________________________________________\n Layer (type)                Output Shape              Param #   \n=================================================================',
  );
  for (const layer of ['flatten (Flatten)', 'dense (Dense)', 'dropout (Dropout)', 'dense_1 (Dense)']) {
    log.line(` ${layer.padEnd(27)} (None, ${random.integer(10, 784)})                ${random.integer(0, 99999)}`);
  }
  log.line(
    '=================================================================\nTotal params: 101,770\nTrainable params: 101,770\n_________________________________________________________________',
  );
  for (let index = 0; index < 5; index += 1) {
    clock.advance(1);
    log.line(
      `${head()} W tensorflow/core/framework/local_rendezvous.cc:404] ${truth.warning('Local rendezvous is aborting with status: OUT_OF_RANGE: End of sequence')}`,
    );
  }
  log.line(
    `WARNING:tensorflow:${truth.warning('`lr` is deprecated in Keras optimizer, please use `learning_rate`')} or use the legacy optimizer, e.g.,tf.keras.optimizers.legacy.Adam.`,
  );
}

function writeEnd(log: LogWriter, random: Random, epoch: number): void {
  const { truth } = log;
  if (random.chance(0.5)) {
    log.line(truth.needle(`Epoch ${epoch - 1}: early stopping`));
    log.line(truth.needle(`Restoring model weights from the end of the best epoch: ${random.integer(3, 9)}.`));
    log.line(
      `313/313 - 1s - loss: 0.3456 - accuracy: 0.8891 - 612ms/epoch - 2ms/step\nTest accuracy: ${truth.metric('Test accuracy', (0.88 + 0.01 * random.next()).toFixed(6))}`,
    );
    return;
  }
  const line = random.integer(30, 400);
  const type = 'tensorflow.python.framework.errors_impl.ResourceExhaustedError';
  const message = `OOM when allocating tensor with shape[${random.integer(64, 512)},512,64,64] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc`;
  log.line('Traceback (most recent call last):');
  log.line(
    `  File "/tf/train_cnn.py", line ${line}, in <module>\n    model.fit(x_train, y_train, validation_data=(x_test, y_test), callbacks=callbacks)`,
  );
  log.line(
    '  File "/usr/local/lib/python3.11/dist-packages/keras/src/utils/traceback_utils.py", line 70, in error_handler\n    raise e.with_traceback(filtered_tb) from None',
  );
  log.line(
    `${type}: Graph execution error:\n\n${message} [Op:__inference_train_function_${random.integer(1000, 9999)}]`,
  );
  truth.exception(exceptionPhrase(type, 'Graph execution error:'));
  truth.needle(message.slice(0, 60));
  truth.location('/tf/train_cnn.py', line);
}
