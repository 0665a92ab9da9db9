import type { Random } from '../random.ts';

export interface Bar {
  description?: string;
  done: number;
  total: number;
  /** What follows the rate, such as `loss=0.123`. */
  postfix?: string;
  perSecond: number;
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of ten cells as tqdm 4 prints it (`tqdm/std.py`, `format_meter`). */
export function tqdmBar({ description, done, total, postfix, perSecond }: Bar): string {
  const cells = (10 * done) / total;
  const full = Math.floor(cells);
  const rest = eighths[Math.floor((cells - full) * 8)] ?? '';
  const percent = String(Math.floor((100 * done) / total)).padStart(3);
  const elapsed = clockTime(done / perSecond);
  const remaining = done === 0 ? '?' : clockTime((total - done) / perSecond);
  const rate = perSecond < 1 ? `${(1 / perSecond).toFixed(2)}s/it` : `${perSecond.toFixed(2)}it/s`;
  const head = description === undefined ? '' : `${description}: `;
  const times = `[${elapsed}<${remaining}, ${rate.padStart(8)}${postfix === undefined ? '' : `, ${postfix}`}]`;
  return `${head}${percent}%|${`${'█'.repeat(full)}${rest}`.padEnd(10)}| ${done}/${total} ${times}`;
}

export function clockTime(seconds: number): string {
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${minutes}` : minutes;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Redraws of a bar until before its end: each begins with a carriage return. */
export function redraws(count: number, draw: (share: number) => string): string {
  let text = '';
  for (let index = 0; index < count; index += 1) text += `\r${draw(index / count)}`;
  return text;
}

/** The bars of files that are fetched at the start, as `huggingface_hub` and `torch.hub` show them. */
export function downloadBar(name: string, random: Random): string {
  const megabytes = random.integer(2, 900);
  const speed = random.integer(20, 300);
  const draw = (share: number): string =>
    `${name}: ${String(Math.floor(100 * share)).padStart(3)}%|${'█'.repeat(Math.floor(10 * share)).padEnd(10)}| ` +
    `${(megabytes * share).toFixed(1)}M/${megabytes}M [${clockTime((megabytes * share) / speed)}<${clockTime((megabytes * (1 - share)) / speed)}, ${speed}.0MB/s]`;
  return `${redraws(random.integer(3, 12), draw)}\r${draw(1)}`;
}
