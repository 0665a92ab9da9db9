import assert from 'node:assert/strict';
import { buildProgram } from '../../../scripts/command-line/build-program.ts';
import { suggest } from '../../../scripts/completion/suggest.ts';

const program = buildProgram(() => {});

/** What is suggested for the last of the words. */
async function suggested(...words: string[]): Promise<string[]> {
  const suggestions = await suggest(program, words, async () => ['digits-1', 'digits-2', 'mnist']);
  return suggestions.map(({ value }) => value);
}

describe('the suggestions for a command line', () => {
  it('begin with every command that is no secret', async () => {
    const commands = await suggested('');
    for (const name of ['start', 'pause', 'decide', 'replay', 'completion', 'help']) assert.ok(commands.includes(name));
    assert.ok(!commands.includes('complete'));
  });

  const lines: [words: string[], expected: string[]][] = [
    [['pa'], ['pause']],
    [
      ['show', 'dig'],
      ['digits-1', 'digits-2'],
    ],
    [
      ['fork', '--from-trial', '7', ''],
      ['digits-1', 'digits-2', 'mnist'],
    ],
    [
      ['replay', 'mnist', 'd'],
      ['digits-1', 'digits-2'],
    ],
    [['pause', 'digits-1', '--n'], ['--now']],
    [
      ['model', 'digits-1', 'x/y', '--role', ''],
      ['planner', 'coder', 'analyst', 'reporter'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', 'powershell'],
    ],
    [['help', 'aban'], ['abandon']],
  ];
  for (const [words, expected] of lines) {
    it(`for \`${words.join(' ')}\` are ${expected.join(', ')}`, async () => {
      assert.deepEqual(await suggested(...words), expected);
    });
  }

  const free = [
    ['start', ''],
    ['feedback', 'digits-1', ''],
    ['logs', 'digits-1', ''],
    ['plan', 'digits-1', '--set', ''],
    ['show', 'digits-1', ''],
    ['nonsense', ''],
  ];
  for (const words of free) {
    it(`for \`${words.join(' ')}\` are left to the shell, which has files`, async () => {
      assert.deepEqual(await suggested(...words), []);
    });
  }
});
