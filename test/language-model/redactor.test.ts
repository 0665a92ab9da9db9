import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createRedactor, secretsOf } from '../../activities/language-model/redactor.ts';

const secret = 'pässword "of" mine/+?&%~1';
const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7';
const ofShapes = createRedactor([]);

describe('The redactor', () => {
  describe('takes out a value that it was given', () => {
    const known = createRedactor([secret]);
    const forms: Record<string, string> = {
      'as it is': secret,
      'in JSON': JSON.stringify(secret).slice(1, -1),
      'in JSON within JSON': JSON.stringify(JSON.stringify(secret)).slice(3, -3),
      'in a URL': encodeURIComponent(secret),
      'in a URL with codes in small letters': encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
      'in a form': new URLSearchParams({ a: secret }).toString().slice(2),
      'in base64': Buffer.from(secret).toString('base64'),
      'in base64 without padding': Buffer.from(secret).toString('base64').replaceAll('=', ''),
      'in base64url': Buffer.from(secret).toString('base64url'),
    };
    for (const [form, written] of Object.entries(forms)) {
      it(form, () => assert.equal(known.redact(`a: ${written}, b`), 'a: [redacted], b'));
    }

    for (const before of ['', 'u', 'us', 'use']) {
      it(`in base64 of a longer text, ${before.length} bytes after its start`, () => {
        const encoded = known.redact(Buffer.from(`${before}${secret}, and more`).toString('base64'));
        const rest = encoded.split('[redacted]').map((part) => Buffer.from(part, 'base64').toString());
        assert.equal(rest.length, 2);
        assert.ok(!rest.join('').includes('ssword'));
      });
    }

    it('with a line end that is not a part of it', () => {
      assert.equal(createRedactor(['abcdefghi\n']).redact('(abcdefghi)'), '([redacted])');
    });

    it('before one that is a part of it', () => {
      assert.equal(createRedactor(['abcdefgh', 'abcdefgh-and-more']).redact('abcdefgh-and-more'), '[redacted]');
    });
  });

  it('leaves a value of fewer than 8 characters', () => {
    assert.equal(createRedactor(['EMPTY', '']).redact('EMPTY'), 'EMPTY');
  });

  for (const placeholder of ['not-needed', 'No-Key-Required', 'lm-studio', 'sk-no-key-required', ' placeholder\n']) {
    it(`leaves a placeholder for a key: ${JSON.stringify(placeholder)}`, () => {
      assert.equal(createRedactor([placeholder]).redact(`a ${placeholder} b`), `a ${placeholder} b`);
    });
  }

  it('takes out a value that only begins like a placeholder', () => {
    assert.equal(createRedactor(['lm-studio-7f3a']).redact('(lm-studio-7f3a)'), '([redacted])');
  });

  describe('takes out what looks like', () => {
    const shapes: Record<string, [text: string, redacted: string]> = {
      'a key of OpenAI': ['key=sk-proj-a1B2_c3D4-e5F6g7H8', 'key=[redacted]'],
      'a key of Anthropic': ['"sk-ant-api03-abcdef-GHIJ_kl"', '"[redacted]"'],
      'a key after an escaped line end': [String.raw`\nsk-1234567890abcdef`, String.raw`\n[redacted]`],
      'a key in the query of an encoded URL': ['key%3Dsk-1234567890abcdef', 'key%3D[redacted]'],
      'a token of Hugging Face': ['hf_abcdefghijklmnopqrstuvwxyzabcdefgh.', '[redacted].'],
      'a token of GitHub': [`ghp_${'a1'.repeat(18)} gho_${'a1'.repeat(18)}`, '[redacted] [redacted]'],
      'a fine-grained token of GitHub': [`github_pat_${'a1_'.repeat(18)}`, '[redacted]'],
      'an access key of AWS': ['id AKIAIOSFODNN7EXAMPLE', 'id [redacted]'],
      'a key of Google': [`?key=AIza${'aB3-_'.repeat(7)}`, '?key=[redacted]'],
      'a token of Slack': ['xoxb-1234567890-abcdef', '[redacted]'],
      'a bearer token': ['authorization: bearer abcdefghijklmnop', 'authorization: bearer [redacted]'],
      'a short bearer token': ['Bearer ab.cd-12/x=', 'Bearer [redacted]'],
      'a password in a URL': ['postgres://ada:pass,word@db:5432/a', 'postgres://[redacted]@db:5432/a'],
      'a private key': [
        `a\n-----BEGIN RSA PRIVATE KEY-----\n${body}\n${body}\n-----END RSA PRIVATE KEY-----\nb`,
        'a\n[redacted]\nb',
      ],
      'a private key in JSON': [
        JSON.stringify(`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`),
        String.raw`"[redacted]\n"`,
      ],
      'a private key that is cut': [`-----BEGIN PRIVATE KEY-----\n${body}`, '[redacted]'],
    };
    for (const [shape, [text, redacted]] of Object.entries(shapes)) {
      it(shape, () => assert.equal(ofShapes.redact(text), redacted));
    }
  });

  describe('leaves as it is', () => {
    const texts: Record<string, string> = {
      'names that end in sk': 'task-1234567890abcdefgh risk-aware-training-2024-run1 /dev/disk-0123456789abcdefgh',
      'names of styles': 'sk-toggleable__content sk-text-repr-fallback',
      'a function of a library': 'from huggingface_hub import hf_hub_download, hf_hub_url_of_a_file',
      'a hash': 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      'code that writes a bearer header': 'f"Bearer {token}" + `Bearer ${process.env.TOKEN}`; // Bearer authentication',
      'code that writes a URL': 'f"postgres://{user}:{password}@{host}" "https://$USER:$PASSWORD@host"',
      'a URL with a port': 'http://127.0.0.1:8000/v1?to=a@b.example ssh://git@github.com:22/a',
      'code that looks for private keys':
        'if "-----BEGIN PRIVATE KEY-----" in text:\n    raise ValueError("no keys here")',
      'an image': `data:image/png;base64,${randomBytes(300_000).toString('base64')}`,
      'what is redacted already': ofShapes.redact('Bearer 1234567890abcdef, redis://a:b@c, sk-1234567890abcdef'),
    };
    for (const [name, text] of Object.entries(texts)) {
      it(name, () => assert.equal(ofShapes.redact(text), text));
    }
  });

  for (const piece of ['://', '://a:', 'Bearer ', 'sk-', '-----BEGIN PRIVATE KEY-----', 'sk-a', '\\', 'a', ' ', '-']) {
    it(`is through with two megabytes of ${JSON.stringify(piece)}`, () => {
      const text = piece.repeat(2_000_000 / piece.length);
      assert.equal(createRedactor([secret]).redact(text).slice(0, 3), text.slice(0, 3));
    }).timeout(20_000);
  }

  it('goes through objects and lists, keys included', () => {
    const value = { a: [secret, 1, null, true], [secret]: { b: `${secret}!` } };
    assert.deepEqual(createRedactor([secret]).redactDeep(value), {
      a: ['[redacted]', 1, null, true],
      '[redacted]': { b: '[redacted]!' },
    });
  });

  it('leaves the value that it is given unchanged', () => {
    const value = { a: [secret] };
    createRedactor([secret]).redactDeep(value);
    assert.deepEqual(value, { a: [secret] });
  });
});

describe('The secrets of an environment', () => {
  it('are the values of variables that are named like one', () => {
    const environment = {
      LAB_KEY: 'a',
      hf_token: 'b',
      AWS_SECRET: 'c',
      DbPassword: 'd',
      SOME_CREDENTIALS: 'e',
      KEY_FILE: 'f',
      TOKENIZERS_PARALLELISM: 'g',
      PATH: '/usr/bin',
    };
    assert.deepEqual(secretsOf(environment), ['a', 'b', 'c', 'd', 'e']);
  });

  it('are the passwords in URLs, as written and decoded', () => {
    assert.deepEqual(secretsOf({ DATABASE: 'postgres://ada:p%40ss%word@db/a', PROXY: 'http://10.0.0.1:80' }), [
      'p%40ss%word',
      'p@ss%word',
    ]);
  });

  it('are not values that are empty', () => {
    assert.deepEqual(secretsOf({ OPENAI_API_KEY: '' }), []);
  });
});
