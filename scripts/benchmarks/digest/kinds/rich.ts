import type { LogKind, LogWriter } from '../log-writer.ts';
import { createClock } from '../parts/clock.ts';
import { falling, rising } from '../parts/curves.ts';
import { shapeMismatch } from '../parts/failures.ts';
import { pickProgram } from '../parts/programs.ts';
import { noteRaised, type Raised } from '../parts/traceback.ts';
import type { Random } from '../random.ts';

const width = 100;

/** rich: coloured levels, the place at the right edge, and its own boxed traceback. */
export const rich: LogKind = {
  name: 'rich (coloured)',
  write(log, random) {
    const { truth } = log;
    const clock = createClock('2024-12-01T08:00:00');
    const message = (level: string, text: string, place: string): void =>
      log.line(messageLine(clock.time(), { level, text, place }));
    message('INFO    ', `config hash ${random.hexadecimal(16)}`, 'cli.py:41');
    message('WARNING ', truth.warning('tokenizer has no pad token, using eos instead'), 'data.py:88');
    for (let epoch = 1; log.progress() < 1; epoch += 1) {
      clock.advance(61);
      const progress = log.progress();
      const loss = truth.metric('train_loss', falling(progress, { from: 3.3, to: 0.7 }, random).toFixed(4));
      message(
        'INFO    ',
        `epoch \u001b[1;36m${epoch}\u001b[0m train_loss=\u001b[1;36m${loss}\u001b[0m`,
        'train.py:210',
      );
      message(
        'INFO    ',
        `validation \u001b[1mbleu\u001b[0m=\u001b[1;36m${truth.metric('bleu', rising(progress, { from: 2, to: 31 }, random).toFixed(2))}\u001b[0m chrf=${truth.metric('chrf', rising(progress, { from: 10, to: 55 }, random).toFixed(2))}`,
        'eval.py:77',
      );
      if (random.chance(0.05))
        message(
          'WARNING ',
          `${truth.warning('gradient norm clipped in more than half of the steps,')} ${random.integer(51, 99)} %`,
          'optim.py:33',
        );
      if (epoch === 4)
        message(
          'INFO    ',
          truth.needle(`averaged checkpoints ${random.integer(1, 3)} to 4 into avg_${random.hexadecimal(4)}.pt`),
          'train.py:260',
        );
    }
    message('ERROR   ', truth.needle(`run ${random.hexadecimal(6)} failed, see the traceback below`), 'cli.py:97');
    writeBoxed(log, random, shapeMismatch(random, pickProgram(random, 'cli.py')));
  },
};

function messageLine(time: string, { level, text, place }: Record<'level' | 'text' | 'place', string>): string {
  const colour = { 'INFO    ': 34, 'WARNING ': 33, 'ERROR   ': 31 }[level] ?? 0;
  const gap = ' '.repeat(Math.max(1, width - `[${time}] ${level} ${text}`.length - place.length));
  return `\u001b[2;36m[${time}]\u001b[0m\u001b[2;36m \u001b[0m\u001b[${colour}m${level}\u001b[0m ${text}${gap}\u001b[2m${place}\u001b[0m`;
}

function writeBoxed(log: LogWriter, random: Random, raised: Raised): void {
  const row = (text: string): string =>
    `\u001b[31m│\u001b[0m ${text.slice(0, width - 4).padEnd(width - 4)} \u001b[31m│\u001b[0m`;
  log.line(
    `\u001b[31m╭─\u001b[0m${'─'.repeat(30)} \u001b[1;31mTraceback (most recent call last)\u001b[0m ${'─'.repeat(31)}\u001b[31m─╮\u001b[0m`,
  );
  for (const { file, line, name, code } of raised.frames) {
    log.line(row(`${file}:${line} in ${name}`));
    log.line(row(''));
    log.line(row(`  ${line - 1} │   │   # ${random.hexadecimal(5)}`));
    log.line(row(`❱ ${line} │   │   ${code}`));
    log.line(row(`  ${line + 1} │   `));
  }
  log.line(`\u001b[31m╰${'─'.repeat(width - 2)}╯\u001b[0m`);
  log.line(`\u001b[1;91m${raised.type}: \u001b[0m${raised.message}`);
  noteRaised(log.truth, raised);
}
