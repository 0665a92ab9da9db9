import type { LogWriter } from '../log-writer.ts';
import type { Random } from '../random.ts';

/*
 * What stands before the first step of nearly every training and is rarely what matters: settings, the model layer by
 * layer, devices.
 */

const settings: readonly (readonly [name: string, draw: (random: Random) => string])[] = [
  ['batch_size', (random) => String(2 ** random.integer(3, 9))],
  ['learning_rate', (random) => `${random.integer(1, 9)}e-0${random.integer(3, 6)}`],
  ['weight_decay', (random) => random.pick(['0.1', '0.01', '0.05', '0.0'])],
  ['max_steps', (random) => String(random.integer(1, 60) * 10_000)],
  ['warmup_ratio', (random) => random.pick(['0.03', '0.05', '0.1'])],
  ['seed', (random) => String(random.integer(0, 99999))],
  ['num_workers', (random) => String(random.integer(0, 16))],
  ['gradient_accumulation_steps', (random) => String(2 ** random.integer(0, 5))],
  ['dtype', (random) => random.pick(["'bfloat16'", "'float16'", "'float32'"])],
  ['run_id', (random) => `'${random.hexadecimal(8)}'`],
  ['output_dir', (random) => `'runs/${random.uuid()}'`],
  ['compile', (random) => random.pick(['True', 'False'])],
  ['data_root', (random) => `'/datasets/${random.pick(['imagenet', 'openwebtext', 'coco', 'librispeech'])}'`],
  ['betas', () => '[0.9, 0.95]'],
  ['clip_grad', (random) => random.pick(['1.0', '0.5', 'None'])],
  ['ema_decay', (random) => random.pick(['0.999', '0.9999'])],
];

type SettingsStyle = 'namespace' | 'yaml' | 'json' | 'table';

export function writeSettings(log: LogWriter, random: Random, style: SettingsStyle): void {
  const drawn = settings.map(([name, draw]) => [name, draw(random)] as const);
  if (style === 'namespace') {
    log.line(`Namespace(${drawn.map(([name, value]) => `${name}=${value}`).join(', ')})`);
  } else if (style === 'yaml') {
    for (const [name, value] of drawn) log.line(`${name}: ${value.replaceAll("'", '')}`);
  } else if (style === 'json') {
    const entries = drawn.map(([name, value]) => `  "${name}": ${jsonValue(value)}`);
    log.line(`{\n${entries.join(',\n')}\n}`);
  } else {
    log.line('-'.repeat(52));
    for (const [name, value] of drawn) log.line(`  ${`${name} `.padEnd(34, '.')} ${value}`);
    log.line('-'.repeat(52));
  }
}

function jsonValue(python: string): string {
  const words: Record<string, string> = { True: 'true', False: 'false', None: 'null' };
  return words[python] ?? python.replaceAll("'", '"');
}

/** `print(model)` of a transformer. */
export function writeModules(log: LogWriter, random: Random): void {
  const width = random.pick([256, 512, 768, 1024]);
  log.line('Model(');
  log.line(`  (embed): Embedding(${random.integer(100, 600) * 128}, ${width})`);
  log.line('  (layers): ModuleList(');
  const layers = random.integer(2, 8);
  for (let layer = 0; layer < layers; layer += 1) {
    log.line(`    (${layer}): Block(`);
    log.line(`      (norm1): LayerNorm((${width},), eps=1e-05, elementwise_affine=True)`);
    log.line('      (attn): Attention(');
    log.line(`        (qkv): Linear(in_features=${width}, out_features=${3 * width}, bias=False)`);
    log.line(`        (proj): Linear(in_features=${width}, out_features=${width}, bias=False)`);
    log.line('      )');
    log.line(`      (mlp): Sequential(`);
    log.line(`        (0): Linear(in_features=${width}, out_features=${4 * width}, bias=True)`);
    log.line("        (1): GELU(approximate='none')");
    log.line(`        (2): Linear(in_features=${4 * width}, out_features=${width}, bias=True)`);
    log.line('      )');
    log.line('    )');
  }
  log.line('  )');
  log.line(`  (head): Linear(in_features=${width}, out_features=${random.integer(10, 1000)}, bias=True)`);
  log.line(')');
}

/** `nvidia-smi` as jobs print it first. */
export function writeDevices(log: LogWriter, random: Random): void {
  log.line('+-----------------------------------------------------------------------------------------+');
  log.line('| NVIDIA-SMI 550.54.15              Driver Version: 550.54.15      CUDA Version: 12.4     |');
  log.line('|-----------------------------------------+------------------------+----------------------+');
  for (let gpu = 0; gpu < 8; gpu += 1) {
    log.line(
      `|   ${gpu}  NVIDIA H100 80GB HBM3          On  |   00000000:${random.hexadecimal(2).toUpperCase()}:00.0 Off |                    0 |`,
    );
    log.line(
      `| N/A   ${random.integer(28, 60)}C    P0             ${random.integer(70, 700)}W /  700W |    ${random.integer(100, 999)}MiB /  81559MiB |      ${random.integer(0, 9)}%      Default |`,
    );
  }
  log.line('+-----------------------------------------------------------------------------------------+');
}
