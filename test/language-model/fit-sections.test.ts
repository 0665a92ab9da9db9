import assert from 'node:assert/strict';
import { countTokens } from '../../activities/language-model/count-tokens.ts';
import { fitSections, type Section } from '../../activities/language-model/fit-sections.ts';

const lines = (count: number, text = 'step 1 loss 0.5'): string =>
  Array.from({ length: count }, (_, index) => `${text} ${index}`).join('\n');

function aSection(name: string, text: string, mostTokens = 1_000_000): Section {
  return { name, text, mostTokens };
}

describe('sections of a prompt', () => {
  it('stay as they are where they fit', () => {
    const sections = [aSection('idea', 'Try it.'), aSection('log', lines(10))];
    const fitted = fitSections(sections, 10_000);
    assert.deepEqual(fitted.leftOut, []);
    assert.deepEqual(
      fitted.sections,
      sections.map(({ name, text }) => ({ name, text })),
    );
  });

  it('never take more than their limit together', () => {
    const sections = [aSection('a', lines(500)), aSection('b', lines(900)), aSection('c', 'x'.repeat(9_000))];
    for (const limit of [200, 1_000, 3_000, 8_000]) {
      const { sections: fitted, tokens } = fitSections(sections, limit);
      const counted = fitted.reduce((sum, { text }) => sum + countTokens(text), 0);
      assert.ok(tokens <= limit && counted <= limit, `${counted} of ${limit}`);
    }
  });

  it('never take more than their own budget, however much room there is', () => {
    const { tokens, leftOut } = fitSections([aSection('log', lines(1_000), 500)], Infinity);
    assert.ok(tokens <= 500 && leftOut[0]?.name === 'log', `${tokens} tokens`);
  });

  it('stay whole where they are small: the largest are cut', () => {
    const { sections, leftOut } = fitSections([aSection('idea', lines(5)), aSection('log', lines(1_000))], 1_000);
    assert.equal(sections[0]?.text, lines(5));
    assert.deepEqual(
      leftOut.map(({ name }) => name),
      ['log'],
    );
  });

  it('use most of the room that they have', () => {
    assert.ok(fitSections([aSection('log', lines(1_000))], 2_000).tokens > 1_500);
  });

  it('keep their beginning and their end, and whole lines', () => {
    const text = lines(1_000);
    const kept = fitSections([aSection('log', text)], 1_000).sections[0]?.text.split('\n') ?? [];
    const whole = new Set(text.split('\n'));
    assert.deepEqual([kept[0], kept.at(-1)], ['step 1 loss 0.5 0', 'step 1 loss 0.5 999']);
    assert.equal(kept.filter((line) => !whole.has(line)).length, 1);
  });

  it('say how much was left out of them', () => {
    const text = lines(1_000);
    const { sections, leftOut } = fitSections([aSection('log', text)], 1_000);
    const receipt = /\[\.\.\. ([\d,]+) tokens \(([\d,]+) lines\) left out here/.exec(sections[0]?.text ?? '');
    assert.equal(Number(receipt?.[1]?.replace(',', '')), leftOut[0]?.tokens);
    const kept = sections[0]?.text.split('\n').length ?? 0;
    // The cut begins and ends at a line break, which counts a part of a line on either side.
    assert.ok(Math.abs(kept - 1 + Number(receipt?.[2]?.replace(',', '')) - 1_000) <= 2);
  });

  it('are never cut inside a character', () => {
    for (const limit of [300, 301, 302, 303]) {
      const { sections } = fitSections([aSection('log', '😀'.repeat(5_000))], limit);
      assert.doesNotMatch(sections[0]?.text ?? '', /\p{Surrogate}/u);
    }
  });

  // Of the middle, which is megabytes, no more than one count is affordable: the ends take several.
  it('fit too where their ends take far more tokens than their middle', () => {
    const text = `${'😀'.repeat(20_000)}${' '.repeat(900_000)}${'😀'.repeat(20_000)}`;
    const { tokens } = fitSections([aSection('log', text)], 1_000);
    assert.ok(tokens <= 1_000 && tokens > 500, `${tokens} tokens`);
  }).timeout(5_000);

  it('are their receipts alone where the limit is absurd', () => {
    const { sections } = fitSections([aSection('log', lines(100))], 1);
    assert.match(sections[0]?.text ?? '', /^\[\.\.\. [\d,]+ tokens .* left out here .*\]$/);
  });
});
