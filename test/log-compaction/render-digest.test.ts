import assert from 'node:assert/strict';
import { countTokens } from '../../activities/language-model/count-tokens.ts';
import { renderDigest } from '../../activities/log-compaction/render-digest.ts';
import { omittedLines, parseDigest, shownLines, tailNumbers } from '../support/log-digests.ts';
import { injections, logMixture, wordOf } from '../support/log-mixtures.ts';
import { censusOf, digestOf } from '../support/log-reading.ts';
import { printedError } from '../support/log-tracebacks.ts';

const budgets = [1_000, 2_000, 8_000];
const seeds = Array.from({ length: 8 }, (_, index) => index + 1);
/** `METRIC loss`, `finished: early` */
const nameOf = (line: string): string => line.replace(/=.*$/, '');
const manyLines = (count: number, render: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => render(index));
/** Lines of 50,000 shapes. */
const flood = manyLines(50_000, (index) => `shard ${wordOf(index)} holds ${wordOf(7 * index)}`);
const receipt = '[longrun: 123 bytes (4 lines) of output were dropped here]';
const logsWithReceipt = [
  [receipt],
  ['begin', receipt, ...flood],
  [...flood.slice(0, 9_000), receipt, ...flood, 'end'],
].map((lines) => censusOf(lines.join('\n')));
const facts = ['METRIC accuracy=0.875', 'finished: early, after 3 stages', 'ERROR: the fan of node k stands still'];
const floodWithFacts = censusOf([...flood.slice(0, 30_000), ...facts, ...flood.slice(30_000)].join('\n'));

/** Read once and rendered once for each budget: rendering leaves a census as it is. */
const mixtures = seeds.flatMap((seed) =>
  [false, true].map((tracebacks) => {
    const mixture = logMixture(seed, { tracebacks });
    const census = censusOf(mixture.text);
    const digests = new Map(budgets.map((tokens) => [tokens, renderDigest(census, tokens)]));
    return { ...mixture, seed, tracebacks, census, digest: (tokens: number) => digests.get(tokens) ?? '' };
  }),
);

describe('a digest', () => {
  for (const tokens of budgets) {
    it(`has at most ${tokens} tokens, whatever is in the log`, () => {
      for (const { seed, digest } of mixtures) {
        const counted = countTokens(digest(tokens));
        assert.ok(counted <= tokens, `seed ${seed}: ${counted} tokens`);
      }
    });

    it(`of ${tokens} tokens accounts for every line as shown or as left out, and for none twice`, () => {
      for (const { seed, census, digest } of mixtures.filter((mixture) => !mixture.tracebacks)) {
        const parsed = parseDigest(digest(tokens));
        const lines = census.counts.lines - census.counts.blankLines;
        const accounted = shownLines(parsed) + omittedLines(parsed);
        const told = `seed ${seed}: ${accounted} of ${lines}; ${parsed.header}`;
        // No other entry stands for what is among the last lines and occurred once.
        assert.ok(accounted <= lines && accounted + tailNumbers(parsed).length >= lines, told);
      }
    });

    it(`of ${tokens} tokens has every reported result`, () => {
      for (const { seed, digest, reported } of mixtures) {
        const results = parseDigest(digest(tokens)).sections.find(({ heading }) =>
          heading.startsWith('Reported results'),
        );
        for (const line of reported)
          assert.ok(
            results?.lines.some((shown) => shown.includes(nameOf(line))),
            `seed ${seed}: ${line}`,
          );
      }
    });

    it(`of ${tokens} tokens has the last line as it is`, () => {
      for (const { seed, digest, last } of mixtures) {
        const tail = parseDigest(digest(tokens)).sections.at(-1);
        assert.ok(tail?.heading.startsWith('The last lines'), `seed ${seed}`);
        assert.equal(tail?.lines.at(-1)?.replace(/^\d+: /, ''), last, `seed ${seed}`);
      }
    });

    it(`of ${tokens} tokens shows what the supervisor has dropped`, () => {
      for (const census of logsWithReceipt)
        assert.ok(renderDigest(census, tokens).includes(receipt), `${census.counts.lines} lines`);
    });

    it(`of ${tokens} tokens has reported results and rare errors in a flood of other lines`, () => {
      const digest = renderDigest(floodWithFacts, tokens);
      for (const line of facts) assert.ok(digest.includes(line), line);
    });
  }

  const scripts: Record<string, (index: number) => string> = {
    base64: (index) =>
      Buffer.from(`${index * 7919}-${index * 104_729}-${wordOf(index * 31)}`)
        .toString('base64')
        .repeat(4),
    'capitals and digits': (index) => `A${index}BQ${index * 7}ZXW${index * 13}KJ`.repeat(3),
    punctuation: (index) => `${';}{<>!?'.charAt(index % 7)}|&^%$@!;:'"?/\\`.repeat(5) + wordOf(index),
    Chinese: (index) => `训练轮次${wordOf(index)}的损失正在下降并且没有收敛`,
    'Thai and Hindi': (index) => `การฝึก ${wordOf(index)} प्रशिक्षण`.repeat(3),
    emoji: (index) => `🚀🔥${'🧪🎉'.repeat(index % 9)} ${wordOf(index)} 👩‍🔬`,
    'rare letters': (index) => `𒀀𓀀ꙮ ${wordOf(index)} z̸̡̢a̷l̴g̵o̶`,
    'bytes that are no text': (index) =>
      `${wordOf(index)} \u0080\u0091\ufffd\ufffd ${String.fromCodePoint(0xe000 + (index % 500))}`,
    'long numbers': (index) => `${index}${'123456789'.repeat(5)} 0x${(index * 7_919).toString(16)}`.repeat(2),
  };
  for (const [name, render] of Object.entries(scripts)) {
    it(`has at most as many tokens as it may, where the log is ${name}`, () => {
      const census = censusOf(manyLines(1_500, render).join('\n'));
      for (const tokens of budgets) {
        const counted = countTokens(renderDigest(census, tokens));
        assert.ok(counted <= tokens, `${counted} of ${tokens} tokens`);
      }
    });
  }

  it('has at most as many tokens as it may, whatever types its errors have', () => {
    const log = manyLines(400, (index) => printedError(`${`lab.Qx${index}Zv`.repeat(60)}: bad`, index + 1).join('\n'));
    const counted = countTokens(digestOf(log.join('\n'), 1_000));
    assert.ok(counted <= 1_000, `${counted} tokens`);
  });

  it('has the values of all results whose names differ in digits only', () => {
    const results = manyLines(12, (index) => `METRIC top${index}=0.${index + 1}25`);
    for (const tokens of budgets) {
      const digest = digestOf(['begin', ...results, 'end'].join('\n'), tokens);
      for (const result of results) {
        const [name = '', value = ''] = result.replace('METRIC ', '').split('=');
        assert.ok(digest.includes(name) && digest.includes(value), `${result} at ${tokens}`);
      }
    }
  });

  it('names metrics, files and functions in every language', () => {
    const lines = [
      ...manyLines(90, (index) => `größe: ${90 - index}.5 потери: ${index}.25`),
      'Traceback (most recent call last):',
      '  File "größe.py", line 3, in début',
      '    go()',
      'ValueError: schön',
    ];
    const digest = digestOf(lines.join('\n'), 2_000);
    for (const part of ['größe: 90.5 > 1.5', 'потери: 0.25 > 89.25', 'größe.py', 'début', 'schön'])
      assert.ok(digest.includes(part), `${part}\n${digest}`);
  });

  it('has the last line as it is where it is long', () => {
    const last = `RuntimeError: ${manyLines(30, (index) => `0x7f${index}a9b:q`).join(' ')}`;
    assert.ok(digestOf(`begin\n${last}\n`, 1_000).includes(last));
  });

  it('shows or counts a long line among the last ones', () => {
    const long = manyLines(60, (index) => `Zx${index}Qv/k${7 * index}`).join('+');
    const lines = [...manyLines(40, (index) => `begin of ${wordOf(index)}`), 'one', 'two', long, 'three', 'four'];
    const parsed = parseDigest(digestOf(lines.join('\n'), 1_000));
    const isShown = parsed.sections.some((section) => section.lines.some((line) => line.includes('Zx0Qv')));
    assert.ok(isShown || omittedLines(parsed) > 0, parsed.header);
  });

  it('names the last value of a result that is reported again and again', () => {
    const lines = manyLines(100, (index) => `METRIC loss=${(100 - index) / 128}`);
    const digest = digestOf(lines.join('\n'), 1_000);
    for (const value of ['0.78125', '0.0078125']) assert.ok(digest.includes(value), digest);
  });

  it('says of an empty log that it is empty', () => assert.match(digestOf('', 2_000), /^The log is empty/));

  it('is no different where the log is short: nothing is left out', () => {
    const lines = ['begin of run', 'loading data', 'no cuda', 'bye'];
    const { header, sections } = parseDigest(digestOf(`${lines.join('\n')}\n`, 2_000));
    assert.match(header, /nothing left out/);
    const text = sections.flatMap((section) => section.lines).join('\n');
    for (const line of lines) assert.ok(text.includes(line), line);
  });

  it('of blank lines alone is a header', () => {
    assert.match(parseDigest(digestOf('\n\n  \n', 2_000)).header, /3 lines/);
  });

  const omissions: Record<string, [log: string, said: RegExp]> = {
    'redrawn progress': ['10%\r20%\r30%\nend\n', /\b8 bytes of redrawn progress in 1 line\b/],
    'zero bytes': ['a\0\0b\nend\n', /\b2 zero bytes/],
    'the end of very long lines': [
      `${'loss 1.5 '.repeat(300_000)}\nend\n`,
      /\b\d+ bytes behind the first 64 KB of 1 line/,
    ],
    'whole kinds of lines': [manyLines(5_000, (index) => `at ${wordOf(index)}`).join('\n'), /\b\d+ lines?\)/],
    'tracebacks of too many kinds': [
      manyLines(700, (index) => printedError('ValueError: bad', index + 1).join('\n')).join('\n'),
      /\b\d+ of ValueError/,
    ],
  };
  for (const [name, [log, said]] of Object.entries(omissions)) {
    it(`names in its header: ${name}`, () => assert.match(parseDigest(digestOf(log, 1_000)).header, said));
  }

  it('shows where each number of a course was at its least and at its greatest', () => {
    const lines = manyLines(
      300,
      (index) => `step ${index}: loss ${index === 200 ? 0.125 : index === 100 ? 64.5 : 2 + index / 1000}`,
    );
    const digest = digestOf(lines.join('\n'), 2_000);
    for (const part of [/0\.125 at 200/, /64\.5 at 100/, /\b2\.299\b/]) assert.match(digest, part);
  });

  it('keeps a value that is no number in the course of its lines', () => {
    const lines = manyLines(50, (index) => `step ${index}: loss ${index < 40 ? 2.5 - index / 100 : 'nan'}`);
    const { sections } = parseDigest(digestOf(lines.join('\n'), 2_000));
    const course = sections.find(({ heading }) => heading.startsWith('Lines with numbers'))?.lines ?? [];
    assert.match(course.join('\n'), /x50:/);
    assert.match(course.join('\n'), /nan/);
  });
});

describe('nothing that a log says', () => {
  const places: Record<string, (planted: string) => string[]> = {
    'in lines': (planted) => ['begin', planted, 'end', planted, planted],
    'in lines with numbers': (planted) => manyLines(9, (index) => `${planted} ${index}`),
    'in the message of an error': (planted) => ['begin', ...printedError(`ValueError: ${planted}`), 'end'],
    'in the path of a file': (planted) => [
      'Traceback (most recent call last):',
      `  File "${planted}", line 3, in ${planted}`,
      `    ${planted}`,
      'ValueError: bad',
    ],
    'before a traceback': (planted) => printedError('ValueError: bad').map((line) => `[${planted}]: ${line}`),
    'in the names of metrics': (planted) => manyLines(9, (index) => `METRIC ${planted}=${index}`),
    'in the names of columns': (planted) =>
      manyLines(9, (index) => `${planted}: ${index} ${planted}=${2 * index} loss ${index}`),
    'in the head of a table': (planted) => [
      `${planted} | ${planted} | loss`,
      ...manyLines(9, (index) => `${index} | ${2 * index} | ${3 * index}`),
    ],
    'in the last lines': (planted) => ['begin', planted],
    'behind a carriage return': (planted) => [`10%\r${planted}`, `20%\r${planted}\r`, 'end'],
    'in varied lines': (planted) =>
      manyLines(3_600, (index) => `${planted} ${wordOf(index)} ${planted} ${wordOf(3 * index)}`),
    'in very long lines': (planted) => [`${planted} `.repeat(9_000)],
  };
  for (const [name, plant] of Object.entries(places)) {
    it(`${name} stands outside of a fence`, () => {
      for (const planted of injections) {
        // Fails by itself where a line is outside.
        const { header, sections } = parseDigest(digestOf(plant(planted).join('\n'), 2_000));
        assert.match(header, /^Log of \d+ bytes, \d+ lines?; /);
        assert.equal(new Set(sections.map(({ heading }) => heading)).size, sections.length);
        assert.doesNotMatch(header, /System|Ignore|`|~|<\/log>/);
      }
    });
  }

  it('reaches the terminal of whoever reads it', () => {
    const odd = '\x1b[2J\x1b]0;owned\x07\x08\x9b31m';
    for (const plant of Object.values(places)) {
      const digest = digestOf(Buffer.from(plant(odd).join('\n'), 'latin1'), 2_000);
      // oxlint-disable-next-line no-control-regex
      assert.doesNotMatch(digest, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/, JSON.stringify(digest.slice(0, 900)));
    }
  });

  it('in many mixtures stands outside of a fence', () => {
    for (const { digest } of mixtures) for (const tokens of budgets) parseDigest(digest(tokens));
  });

  it('names the types of errors in the header but as words', () => {
    const log = manyLines(700, (index) =>
      [
        'Traceback (most recent call last):',
        `  File "a.py", line ${index + 1}, in main`,
        '    go()',
        'Ignore.all: # System ```',
      ].join('\n'),
    );
    assert.doesNotMatch(parseDigest(digestOf(log.join('\n'), 2_000)).header, /System|`/);
  });
});
