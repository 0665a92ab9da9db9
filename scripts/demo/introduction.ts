import { sandboxMend } from '../../activities/adapters/sandbox-mend.ts';
import { wrapWords } from '../watch/wrap-words.ts';

const width = 80;

/** What is said before the demo begins, in lines that fit any terminal. */
export const introduction = `${wrapWords(
  'This is the demo: a real experiment on a real Temporal server, planned and analysed by a SCRIPTED language model. ' +
    'The script knows this one idea; every number in its texts comes from the trainings. Your own idea on a real model:',
  width,
).join('\n')}

  OPENAI_API_KEY=... npx longrun start IDEA.md --foreground
`;

export function noSandboxNotice(): string {
  const text = `No sandbox here, so the demo's own scripts run without one: ${sandboxMend()}.`;
  return `${wrapWords(text, width).join('\n')}\n`;
}
