import assert from 'node:assert/strict';
import { describeMessage, type PersonMessage } from '../../workflows/domain/person-message.ts';
import { messageBytes } from '../../workflows/domain/read-payload.ts';
import { readFeedback, readPause, readResume, readStop } from '../../workflows/domain/read-signal.ts';
import { readExtension, readModelChange } from '../../workflows/domain/read-update.ts';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';

const at = '2026-01-02T03:04:05.000Z';
const readers = { feedback: readFeedback, pause: readPause, resume: readResume, stop: readStop };

function problemOf(message: PersonMessage): string {
  assert.equal(message.kind, 'refused');
  return message.kind === 'refused' ? message.problem : '';
}

describe('feedback', () => {
  it('keeps a plain string word for word', () => {
    const text = '  Mind the "rate" — ü!\r\n\tnot | this\n';
    assert.deepEqual(readFeedback(text, at), { kind: 'feedback', text, by: 'somebody', at, id: null });
  });

  it('keeps the text of an object word for word, with its sender and id', () => {
    assert.deepEqual(readFeedback({ text: ' a\nb ', by: 'Ada', id: 'm1' }, at), {
      kind: 'feedback',
      text: ' a\nb ',
      by: 'Ada',
      at,
      id: 'm1',
    });
  });

  for (const [what, payload] of [
    ['an empty text', ''],
    ['a blank text', { text: ' \n' }],
    ['no text', { by: 'Ada' }],
    ['a number as text', { text: 5 }],
  ] as const) {
    it(`with ${what} is refused by the name of its field`, () => {
      assert.match(problemOf(readFeedback(payload, at)), /^text: /);
    });
  }
});

describe('a pause', () => {
  it('needs no payload at all', () => {
    assert.deepEqual(readPause(undefined, at), { kind: 'pause', when: 'afterTrials', by: 'somebody', at, id: null });
  });

  it('may say that it is for now', () => {
    assert.deepEqual(readPause({ when: 'now', by: 'Ada' }, at), {
      kind: 'pause',
      when: 'now',
      by: 'Ada',
      at,
      id: null,
    });
  });

  it('for another time is refused by the name of its field', () => {
    assert.match(problemOf(readPause({ when: 'tomorrow' }, at)), /^when: /);
  });
});

describe('a resume', () => {
  it('needs no payload at all', () => {
    assert.deepEqual(readResume(null, at), { kind: 'resume', by: 'somebody', at, id: null });
  });

  it('keeps its sender and id', () => {
    assert.deepEqual(readResume({ by: 'Ada', id: 'r1' }, at), { kind: 'resume', by: 'Ada', at, id: 'r1' });
  });
});

describe('a stop', () => {
  it('needs no payload at all', () => {
    assert.deepEqual(readStop(undefined, at), {
      kind: 'stop',
      reason: 'no reason given',
      by: 'somebody',
      at,
      id: null,
    });
  });

  it('keeps its reason', () => {
    assert.deepEqual(readStop({ reason: 'enough', by: 'Ada', id: 's1' }, at), {
      kind: 'stop',
      reason: 'enough',
      by: 'Ada',
      at,
      id: 's1',
    });
  });

  it('with a reason that is no text is refused by the name of its field', () => {
    assert.match(problemOf(readStop({ reason: 5 }, at)), /^reason: /);
  });
});

for (const [signal, read] of Object.entries(readers)) {
  describe(`the signal ${signal}`, () => {
    const valid = signal === 'feedback' ? { text: 'x' } : {};

    it('is refused under its own name', () => {
      const message = read(17, at);
      assert.ok(message.kind === 'refused');
      assert.deepEqual([message.signal, message.at], [signal, at]);
    });

    it('is refused with an unknown name, which is named', () => {
      assert.match(problemOf(read({ ...valid, urgency: 1 }, at)), /^urgency: unknown name; the names are .*by, id$/);
    });

    it('is refused when its sender is no short text', () => {
      assert.match(problemOf(read({ ...valid, by: 'x'.repeat(201) }, at)), /^by: /);
    });

    it('is refused when its id is no short text', () => {
      assert.match(problemOf(read({ ...valid, id: 5 }, at)), /^id: /);
    });

    it('is refused when it is a list', () => {
      assert.match(problemOf(read([], at)), /must be a JSON object/);
    });
  });
}

const payloadOf = (bytes: number, letter: string) => {
  const room = bytes - JSON.stringify({ text: '' }).length;
  return { text: letter.repeat(Math.floor(room / Buffer.byteLength(letter))) };
};

describe('the size of a message', () => {
  it('may be exactly 8 KB', () => {
    assert.equal(readFeedback(payloadOf(messageBytes, 'x'), at).kind, 'feedback');
  });

  it('may not be a byte more, and the refusal names both sizes', () => {
    const payload = payloadOf(messageBytes + 1, 'x');
    assert.equal(
      problemOf(readFeedback(payload, at)),
      `has ${messageBytes + 1} bytes as JSON, at most ${messageBytes} are taken`,
    );
  });

  it('is counted in bytes, not in characters', () => {
    assert.equal(readFeedback(payloadOf(messageBytes + 100, 'é'), at).kind, 'refused');
  });

  it('is limited for a plain string as well', () => {
    assert.equal(readFeedback('x'.repeat(messageBytes), at).kind, 'refused');
  });

  it('is small again once it was refused', () => {
    const message = readFeedback({ ['x'.repeat(8_000)]: 1 }, at);
    assert.ok(JSON.stringify(message).length < 500);
  });
});

describe('garbage', () => {
  it('of any kind becomes a message and never throws', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 5_000; round += 1) {
      const payload = garbage(random, 3);
      for (const read of Object.values(readers)) assertWellFormed(read(payload, at), payload);
    }
  });

  it('in an update is told its sender and never throws', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 5_000; round += 1) {
      const payload = garbage(random, 3);
      for (const read of [readExtension, readModelChange]) {
        const reading = read(payload);
        const text = 'problem' in reading ? reading.problem : reading.by;
        assert.equal(typeof text, 'string', JSON.stringify(payload));
      }
    }
  });

  it('can be described in one text whatever it was', () => {
    const random = seededRandom(2);
    for (let round = 0; round < 2_000; round += 1) {
      const description = describeMessage(random.pick(Object.values(readers))(garbage(random, 2), at));
      assert.ok(description.startsWith(at));
    }
  });
});

function assertWellFormed(message: PersonMessage, payload: unknown): void {
  const texts: unknown[] = [message.by, message.at];
  if (message.id !== null) texts.push(message.id);
  if (message.kind === 'feedback') texts.push(message.text);
  if (message.kind === 'stop') texts.push(message.reason);
  if (message.kind === 'refused') texts.push(message.signal, message.problem);
  assert.ok(
    texts.every((text) => typeof text === 'string'),
    `a field is no text, for ${JSON.stringify(payload)}`,
  );
}

const names = [
  'text',
  'by',
  'id',
  'when',
  'reason',
  'tokens',
  'usd',
  'models',
  '__proto__',
  'constructor',
  'toString',
  'length',
  '',
  'ü',
];
const texts = ['', ' ', 'afterTrials', 'now', 'Ada', '\u0000', '\ud83d', '${1}', 'x'.repeat(201), 'x'.repeat(9_000)];

/** What a payload converter can give: JSON of every shape, bytes, and nothing. */
function garbage(random: SeededRandom, depth: number): unknown {
  const scalars = [undefined, null, true, false, 0, -1.5, 1e308, random.pick(texts), Buffer.from([0, 255])];
  const kind = depth === 0 ? 0 : random.below(4);
  if (kind < 2) return random.pick(scalars);
  const parts = Array.from({ length: random.below(4) }, () => garbage(random, depth - 1));
  if (kind === 2) return parts;
  return Object.fromEntries(parts.map((part) => [random.pick(names), part]));
}
