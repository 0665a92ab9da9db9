import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { CompleteAsyncError } from '@temporalio/activity';
import {
  ApplicationFailure,
  CancelledFailure,
  DefaultFailureConverter,
  defaultPayloadConverter,
  ensureApplicationFailure,
} from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createRedactor } from '../../activities/language-model/redactor.ts';
import { redactFailures } from '../../workers/redact-failures.ts';

const secret = 'planted-secret-0123';

const logger = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function anEnvironment(): MockActivityEnvironment {
  return new MockActivityEnvironment({}, { interceptors: [redactFailures(createRedactor([secret]))], logger });
}

/** What comes out of an activity that throws this. */
async function thrownAfter(error: unknown): Promise<unknown> {
  const environment = anEnvironment();
  try {
    await environment.run(async () => {
      throw error;
    });
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

/** The failure as the worker sends it to the server; its details are bytes there, and looked at elsewhere. */
function encoded(thrown: unknown): string {
  const failure = new DefaultFailureConverter().errorToFailure(
    ensureApplicationFailure(thrown),
    defaultPayloadConverter,
  );
  return inspect(failure, { depth: null });
}

function assertWithoutSecret(thrown: unknown): void {
  const text = encoded(thrown);
  assert.ok(!text.includes(secret), text);
  assert.ok(text.includes('[redacted]'), text);
}

describe('The interceptor of failures', () => {
  it('redacts message and stack', async () => {
    assertWithoutSecret(await thrownAfter(new TypeError(`wrong key ${secret}`)));
  });

  it('redacts details', async () => {
    const failure = ApplicationFailure.create({ message: 'a', details: [{ texts: [secret] }] });
    assert.deepEqual(Reflect.get(Object(await thrownAfter(failure)), 'details'), [{ texts: ['[redacted]'] }]);
  });

  it('redacts each cause', async () => {
    const cause = new Error('b', { cause: new Error(secret) });
    assertWithoutSecret(await thrownAfter(new Error('a', { cause })));
  });

  it('comes to an end where causes go in a circle', async () => {
    const first = new Error(secret);
    first.cause = new Error('b', { cause: first });
    assert.equal(await thrownAfter(first), first);
    assert.equal(first.message, '[redacted]');
  });

  it('redacts an error whose message cannot be assigned', async () => {
    assertWithoutSecret(await thrownAfter(new DOMException(secret, 'AbortError')));
  });

  it('redacts what is no error', async () => {
    assertWithoutSecret(await thrownAfter(secret));
    assertWithoutSecret(await thrownAfter({ name: 'Odd', message: secret }));
  });

  it('redacts a failure that came from the server', async () => {
    const converter = new DefaultFailureConverter();
    const sent = converter.errorToFailure(ApplicationFailure.create({ message: secret }), defaultPayloadConverter);
    assertWithoutSecret(await thrownAfter(converter.failureToError(sent, defaultPayloadConverter)));
  });

  it('keeps class, type and retry settings', async () => {
    const failure = ApplicationFailure.create({
      message: secret,
      type: 'LanguageModel.Unavailable',
      nonRetryable: true,
      nextRetryDelay: '7s',
    });
    const thrown = await thrownAfter(failure);
    assert.ok(thrown instanceof ApplicationFailure);
    const { message, type, nonRetryable, nextRetryDelay } = thrown;
    assert.deepEqual(
      [message, type, nonRetryable, nextRetryDelay],
      ['[redacted]', 'LanguageModel.Unavailable', true, '7s'],
    );
  });

  for (const error of [new CancelledFailure(secret), new CompleteAsyncError()]) {
    it(`leaves a ${error.constructor.name} alone`, async () => {
      const message = error.message;
      assert.equal(await thrownAfter(error), error);
      assert.equal(error.message, message);
    });
  }

  it('leaves what an activity returns alone', async () => {
    const environment = anEnvironment();
    assert.equal(await environment.run(async () => secret), secret);
  });
});
