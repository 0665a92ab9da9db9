import assert from 'node:assert/strict';
import { fnv1a, idFingerprint } from '../../workflows/domain/id-fingerprint.ts';

describe('the hash of a text', () => {
  // Its own values, from the reference: 64-bit FNV-1a of "", "a" and "foobar".
  for (const [text, hash] of [
    ['', 0xcbf29ce484222325n],
    ['a', 0xaf63dc4c8601ec8cn],
    ['foobar', 0x85944171f73967e8n],
  ] as const) {
    it(`of "${text}" is its FNV-1a`, () => assert.equal(fnv1a(text), hash));
  }
});

describe('the fingerprint of an id', () => {
  it('has 8 characters, whatever the id', () => {
    for (const id of ['', 'a', '界'.repeat(200)]) assert.match(idFingerprint(id), /^[\w-]{8}$/);
  });

  it('tells 20,000 ids apart', () => {
    const fingerprints = Array.from({ length: 20_000 }, (_, index) => idFingerprint(`m${index}`));
    assert.equal(new Set(fingerprints).size, 20_000);
  });
});
