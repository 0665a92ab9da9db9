import type { Metric } from '../../../workflows/schema/metric.ts';
import type { Task } from '../../../workflows/schema/task.ts';

/** The sections of a user message, by name. */
export type Sections = ReadonlyMap<string, string>;

/** A prompt that this server cannot read: the caller's mistake, so it becomes a status 400. */
export class UnreadablePrompt extends Error {
  override name = 'UnreadablePrompt';
}

/** Reads what `composeMessages` writes: `# name`, then the text between two equal lines of tildes. */
export function readSections(message: string): Sections {
  const lines = message.split('\n');
  const sections = new Map<string, string>();
  let line = 0;
  while (line < lines.length) {
    if (lines[line]?.trim() === '') {
      line += 1;
      continue;
    }
    const name = /^# (.+)$/.exec(lines[line] ?? '')?.[1];
    const open = lines.findIndex((text, index) => index > line && text.trim() !== '');
    const fence = lines[open] ?? '';
    if (name === undefined || !/^~{3,}$/.test(fence)) {
      throw new UnreadablePrompt(`Line ${line + 1} of the user message does not begin a section (# name, then ~~~).`);
    }
    const close = lines.indexOf(fence, open + 1);
    if (close === -1) throw new UnreadablePrompt(`The section "${name}" of the user message is not closed.`);
    sections.set(name, lines.slice(open + 1, close).join('\n'));
    line = close + 1;
  }
  return sections;
}

export function requiredSection(sections: Sections, name: string): string {
  const text = sections.get(name);
  if (text === undefined) throw new UnreadablePrompt(`The user message has no section "${name}".`);
  return text;
}

/** "val_error, smaller is better, target 2" */
export function readMetric(text: string): Metric {
  const pattern = /^([^\s,]+), (smaller|larger) is better, (?:no target|target (\S+))$/;
  const [, name, direction, target] = pattern.exec(text.trim()) ?? [];
  if (name === undefined || Number.isNaN(Number(target ?? 0))) {
    throw new UnreadablePrompt(`"${text.trim()}" does not describe a metric.`);
  }
  return {
    name,
    direction: direction === 'smaller' ? 'minimize' : 'maximize',
    ...(target === undefined ? {} : { target: Number(target) }),
  };
}

/** Lines such as `- [x] 2. Add a hidden layer`; none where the section is left out. */
export function readTasks(sections: Sections): Task[] {
  const statuses = { ' ': 'open', x: 'done', '-': 'dropped' } as const;
  return [...(sections.get('tasks') ?? '').matchAll(/^- \[([ x-])\] (\d+)\. (.+)$/gm)].map(
    ([, mark, id, title = '']) => ({ id: Number(id), title, status: statuses[mark as keyof typeof statuses] }),
  );
}
