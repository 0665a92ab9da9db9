import assert from 'node:assert/strict';
import { patientFetch } from '../../activities/language-model/patient-fetch.ts';
import { withHostileEndpoint, type Answer } from '../support/hostile-endpoint.ts';

const fetchFrom = async (answer: Answer, read: (response: Response) => Promise<unknown>) =>
  await withHostileEndpoint(answer, async ({ baseUrl }) => await read(await patientFetch(baseUrl)));

function* endless(piece: string) {
  for (;;) yield piece;
}

describe('fetching from a language model', () => {
  it('gives the status, the headers and the body', async () => {
    const answer = { status: 418, headers: { 'x-some': 'thing' }, body: { a: 1 } };
    await fetchFrom(answer, async (response) => {
      const { status, headers } = response;
      assert.deepEqual([status, headers.get('x-some'), await response.json()], [418, 'thing', { a: 1 }]);
    });
  });

  it('sends the method, the headers and the body', async () => {
    await withHostileEndpoint({}, async ({ baseUrl, requests }) => {
      await patientFetch(baseUrl, { method: 'POST', headers: { 'x-some': 'thing' }, body: '{"a":1}' });
      const { method, headers, body } = requests[0] ?? assert.fail('nothing arrived');
      assert.deepEqual([method, headers['x-some'], body], ['POST', 'thing', { a: 1 }]);
    });
  });

  it('sends no user and password of a URL', async () => {
    await withHostileEndpoint({}, async ({ baseUrl, requests }) => {
      await patientFetch(baseUrl.replace('://', '://user:password@'));
      assert.equal(requests[0]?.headers.authorization, undefined);
    });
  });

  it('follows no redirection', async () => {
    await withHostileEndpoint({ status: 308, headers: { location: '/v1/x' } }, async ({ baseUrl, requests }) => {
      assert.equal((await patientFetch(baseUrl)).status, 308);
      assert.equal(requests.length, 1);
    });
  });

  for (const [what, headers] of Object.entries({
    'an answer': { 'content-type': 'application/json' },
    'an event': { 'content-type': 'text/event-stream' },
  })) {
    it(`gives up ${what} without an end`, async () => {
      const answer = { headers, pieces: endless('x'.repeat(100_000)) };
      await fetchFrom(answer, async (response) => assert.rejects(response.text(), /longer than/));
    });
  }

  it('takes in a stream of any length', async () => {
    const events = Array.from({ length: 180 }, () => `data: ${'x'.repeat(100_000)}\n\n`);
    const answer = { headers: { 'content-type': 'text/event-stream' }, pieces: events };
    await fetchFrom(answer, async (response) => assert.equal((await response.text()).length, events.join('').length));
  });

  it('lets go of a body that nobody reads to its end', async () => {
    const answer = { headers: { 'content-type': 'text/event-stream' }, pieces: endless('data: x\n\n') };
    await withHostileEndpoint(answer, async ({ baseUrl, requests }) => {
      const response = await patientFetch(baseUrl);
      for await (const _bytes of response.body ?? []) break;
      assert.equal(await requests[0]?.end, 'abandoned');
    });
  });
});
