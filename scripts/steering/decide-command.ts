import type { Decision } from '../../workflows/domain/hold.ts';

/** "`longrun decide digits-1 approve`, `revise` or `stop`": how to answer. */
export function decideCommand(id: string, { choices }: Decision): string {
  const [first = '', ...others] = choices.map((choice, index) =>
    index === 0 ? `\`longrun decide ${id} ${choice}\`` : `\`${choice}\``,
  );
  const last = others.pop();
  return last === undefined ? first : `${[first, ...others].join(', ')} or ${last}`;
}
