import type { LogKind, LogWriter } from '../log-writer.ts';
import { downloadBar, redraws, tqdmBar } from '../parts/bars.ts';
import { falling, pythonFloat, scheduledRate } from '../parts/curves.ts';
import { anyFailure, outOfMemory } from '../parts/failures.ts';
import { writeSettings } from '../parts/noise.ts';
import { pickProgram } from '../parts/programs.ts';
import { pickWarnings } from '../parts/python-warnings.ts';
import { writeTraceback } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

/** `transformers.Trainer`: dictionaries of results that share their lines with the bar, as stdout and stderr fall. */
export const huggingFace: LogKind = {
  name: 'hugging face',
  write(log, random) {
    const program = pickProgram(random, 'run_sft.py');
    const warnings = pickWarnings(random, program, 2);
    writeLoading(log, random);
    for (const warn of warnings) warn(log);
    const total = random.integer(20, 90) * 100;
    const checkpoint = random.integer(1, 9) * 500;
    if (random.chance(0.5))
      log.line(
        log.truth.needle(`Resuming from checkpoint output/run-${random.hexadecimal(4)}/checkpoint-${checkpoint}`),
      );
    log.line('***** Running training *****');
    log.line('  Num examples = 52,002\n  Num Epochs = 3\n  Instantaneous batch size per device = 4');
    log.line(`  Total optimization steps = ${total.toLocaleString('en')}`);
    log.write(redraws(2, () => tqdmBar({ done: 0, total, perSecond: 3 })));
    writeSteps(log, random, total);
    writeEnd(log, random);
  },
};

function writeLoading(log: LogWriter, random: Random): void {
  const { truth } = log;
  log.line(
    `loading configuration file config.json from cache at /home/mlin/.cache/huggingface/hub/models--org--base/snapshots/${random.hexadecimal(40)}/config.json`,
  );
  log.line('Model config LlamaConfig {');
  writeSettings(log, random, 'json');
  log.line('}');
  for (const shard of [1, 2, 3]) log.line(downloadBar(`model-0000${shard}-of-00003.safetensors`, random));
  log.line(downloadBar('tokenizer.json', random));
  log.line(
    `${truth.needle('Some weights of LlamaForSequenceClassification were not initialized from the model checkpoint')} at org/base and are newly initialized: ['score.weight']`,
  );
  log.line(
    'You should probably TRAIN this model on a down-stream task to be able to use it for predictions and inference.',
  );
  log.line('`use_cache=True` is incompatible with gradient checkpointing. Setting `use_cache=False`.');
  log.line('trainable params: 41,943,040 || all params: 8,072,204,288 || trainable%: 0.5196');
}

function writeSteps(log: LogWriter, random: Random, total: number): void {
  const { truth } = log;
  for (let report = 1; log.progress() < 1; report += 1) {
    const progress = log.progress();
    const done = Math.min(total, Math.floor(total * progress));
    log.write(redraws(6, (share) => tqdmBar({ done: done + Math.floor(4 * share), total, perSecond: 3.4 })));
    const loss = truth.metric('loss', rounded(falling(progress, { from: 2.61, to: 0.84 }, random), 4));
    const norm = truth.metric('grad_norm', pythonFloat(0.3 + falling(progress, { from: 5, to: 0.9 }, random)));
    const rate = truth.metric('learning_rate', pythonFloat(scheduledRate(progress, 2e-5), 16));
    const text = `{'loss': ${loss}, 'grad_norm': ${norm}, 'learning_rate': ${rate}, 'epoch': ${(3 * progress).toFixed(2)}}`;
    log.line(random.chance(0.5) ? text : `\r${' '.repeat(80)}\r${text}`);
    if (report % 40 === 0) {
      const evaluated = truth.metric('eval_loss', pythonFloat(falling(progress, { from: 2.4, to: 1.02 }, random)));
      const seconds = (12 + random.next()).toFixed(4);
      log.line(
        `{'eval_loss': ${evaluated}, 'eval_runtime': ${seconds}, 'eval_samples_per_second': 81.22, 'eval_steps_per_second': 10.153, 'epoch': ${(3 * progress).toFixed(2)}}`,
      );
      log.line(`${truth.repeated('Saving model checkpoint to output/run/checkpoint-')}${done}`);
      log.line(`tokenizer config file saved in output/run/checkpoint-${done}/tokenizer_config.json`);
      log.line(`Special tokens file saved in output/run/checkpoint-${done}/special_tokens_map.json`);
    }
  }
}

function rounded(value: number, digits: number): string {
  return pythonFloat(Number(value.toFixed(digits)));
}

function writeEnd(log: LogWriter, random: Random): void {
  const program = pickProgram(random, 'run_sft.py');
  const ending = random.pick(['done', 'memory', 'chained'] as const);
  if (ending === 'memory') writeTraceback(log, outOfMemory(random, program));
  if (ending === 'chained') {
    const first = anyFailure(random, program);
    const second = {
      ...anyFailure(random, program),
      type: 'transformers.trainer_utils.TrainerStopped',
      message: `callback ${random.hexadecimal(4)} failed in on_save`,
    };
    writeTraceback(log, second, { relation: 'cause', raised: first });
  }
  if (ending !== 'done') return;
  log.line('\n\nTraining completed. Do not forget to share your model on huggingface.co/models =)\n\n');
  log.line(
    log.truth.needle(
      `Loading best model from output/run/checkpoint-${random.integer(2, 9)}500 (score: ${(1 + random.next()).toFixed(6)}).`,
    ),
  );
  const loss = (0.9 + 0.1 * random.next()).toFixed(6);
  log.line(
    `{'train_runtime': 5123.4471, 'train_samples_per_second': 30.448, 'train_steps_per_second': 1.903, 'train_loss': ${log.truth.metric('train_loss', loss)}, 'epoch': 3.0}`,
  );
  log.line(
    `***** train metrics *****\n  epoch                    =        3.0\n  train_loss               =     ${Number(loss).toFixed(4)}`,
  );
  log.line(
    `wandb: Run history:\nwandb:       eval/loss █▅▄▃▂▂▁▁\nwandb:      train/loss █▇▅▄▃▃▂▂▁▁\nwandb: 🚀 View run at https://wandb.ai/org/sft/runs/${random.hexadecimal(8)}`,
  );
}
