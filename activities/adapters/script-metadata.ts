import { parse } from 'smol-toml';
import { z } from 'zod';

/** What a script says it needs: https://peps.python.org/pep-0723/ */
export type ScriptMetadata =
  { kind: 'none' } | { kind: 'declared'; requirements: Requirement[] } | { kind: 'unreadable'; problem: string };

export interface Requirement {
  /** Normalized as https://peps.python.org/pep-0503/ says, so that `Some_Package` is `some-package`. */
  name: string;
  /** As written: `some-package[extra]>=2`. */
  text: string;
}

/** The regular expression of PEP 723. */
const blockPattern = /^# \/\/\/ (?<type>[a-zA-Z0-9-]+)$\s(?<content>(^#(| .*)$\s)+)^# \/\/\/$/gm;

const metadataSchema = z.looseObject({ dependencies: z.array(z.string().max(200)).max(100).default([]) });

export function scriptMetadata(script: string): ScriptMetadata {
  const blocks = [...script.matchAll(blockPattern)].filter(({ groups }) => groups?.['type'] === 'script');
  const [block] = blocks;
  if (block === undefined) return { kind: 'none' };
  if (blocks.length > 1) return { kind: 'unreadable', problem: 'there is more than one `# /// script` block' };
  const content = (block.groups?.['content'] ?? '')
    .split('\n')
    .map((line) => line.replace(/^# ?/, ''))
    .join('\n');
  return readMetadata(content);
}

function readMetadata(content: string): ScriptMetadata {
  let value: unknown;
  try {
    value = parse(content);
  } catch (error) {
    return { kind: 'unreadable', problem: `the \`# /// script\` block is not TOML: ${String(error).slice(0, 200)}` };
  }
  const parsed = metadataSchema.safeParse(value);
  if (!parsed.success) return { kind: 'unreadable', problem: '`dependencies` must be a list of texts' };
  const requirements = parsed.data.dependencies.map(readRequirement);
  const wrong = requirements.find((each) => each === null);
  if (wrong === null) {
    const problem = 'each dependency must be a package name with versions, such as "einops>=0.8" (no URLs, no paths)';
    return { kind: 'unreadable', problem };
  }
  const named = requirements.filter((each) => each !== null);
  return named.length === 0 ? { kind: 'none' } : { kind: 'declared', requirements: named };
}

/** Space and tab alone: after any other white space a second requirement could follow, which nobody has allowed. */
const requirementPattern =
  /^[ \t]*([A-Za-z0-9][A-Za-z0-9._-]*)[ \t]*(\[[A-Za-z0-9._, \t-]*\])?[ \t]*([<>=!~][<>=!~,.*+\w \t]*)?$/;

/** Null for anything but a name, extras and versions: a URL or a path could bring in anything. */
function readRequirement(text: string): Requirement | null {
  const match = requirementPattern.exec(text);
  const name = match?.[1];
  return name === undefined ? null : { name: name.toLowerCase().replace(/[-_.]+/g, '-'), text: text.trim() };
}
