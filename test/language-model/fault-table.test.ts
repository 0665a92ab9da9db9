import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { ReplyEnding, Usage } from '../../activities/language-model/language-model.ts';
import { failureType } from '../../workflows/domain/failure-type.ts';
import { withHostileEndpoint, type Answer } from '../support/hostile-endpoint.ts';
import { aRequestOn, ask, plantedKey, type Question } from '../support/language-model-requests.ts';
import { aChoice, aCompletion, anError, aStream, chunk, events, someUsage } from '../support/model-answers.ts';

const echo = `Incorrect API key provided: ${plantedKey}`;
const begun = chunk({ content: 'The beginning' });
const text = [chunk({ role: 'assistant', content: '' }), begun];
const json = { 'content-type': 'application/json' };
const soon = { firstTokenSeconds: 0.2, idleSeconds: 0.2, totalSeconds: 20 };
const quick: Question = { target: { provider: { timeouts: soon } } };
const local: Question = { target: { provider: { mayCutPrompts: true } } };

/** As gateways send a chunk that end each of them, and count with each. */
const stamped = (content: string) => ({ ...chunk({ content }, 'stop'), usage: someUsage });
const countedOnly = { ...chunk({}), choices: [], usage: someUsage };

function* tasks() {
  for (let task = 1; ; task += 1) yield chunk({ content: `- task_${task}: check it\n` });
}

type Paid = Usage & { reportedCost?: number };

/** Of a reply that says nothing of its tokens. */
const estimated = (outputTokens: number): Usage => ({ inputTokens: 2_000, outputTokens, isEstimated: true });
const reported: Paid = { inputTokens: 12, outputTokens: 34, isEstimated: false, reportedCost: 0.0125 };

const countsNothing = { prompt_tokens: 0, completion_tokens: 0 };

const unavailable: [what: string, answer: Answer, question?: Question][] = [
  ['a connection that is reset', 'reset'],
  ['headers that do not come', 'silence', quick],
  ['a body that stalls', { headers: json, pieces: ['{"choices": ['], ending: 'stall' }, quick],
  ['a body of blanks that stalls', { headers: json, pieces: ['  \n'], ending: 'stall' }, quick],
  ['a body that is cut', { headers: { ...json, 'content-length': '1000' }, pieces: ['{"choices": ['], ending: 'cut' }],
  ['a body that is no JSON', { headers: json, body: '<html>' }],
  ['a stream that is no JSON', events(['{"choices": [{'])],
  ['a stream that holds something else', events([null])],
  ['a web page', { body: '<html>Please log in</html>' }],
  ['a text', { headers: { 'content-type': 'text/plain' }, body: 'A plan.' }],
  ['a completion that claims to be a page', { ...aCompletion(), headers: { 'content-type': 'text/html' } }],
  ['null', { headers: json, body: 'null' }],
  ['no content', { status: 204 }],
  ['an answer without choices', aCompletion({ choices: [], usage: null })],
  ['an answer without choices that counts nothing', aCompletion({ choices: [], usage: countsNothing })],
  ['an answer with a malformed choice', aCompletion({ choices: [null], usage: null })],
  ['an answer with content of another kind', aCompletion({ choices: [aChoice({ content: 5 })], usage: null })],
  ['an empty stream', events([])],
  ['a stream that ends before its first token', events([chunk({ role: 'assistant' }), '[DONE]'])],
  ['a stream that is cut before its first token', events([chunk({ role: 'assistant' })], 'cut')],
  ['an error with status 200', anError(200, { message: echo })],
  ['an outage with status 200', anError(200, { code: 502, message: echo })],
  ['an error event', events([{ error: { code: 'server_error', message: echo } }])],
  ...[408, 409, 500, 502, 503, 529].map((status): [string, Answer] => [`status ${status}`, anError(status, echo)]),
];

const incomplete: [what: string, answer: Answer, paid: Paid, question?: Question][] = [
  ['a stall before the first token', events([chunk({ role: 'assistant', content: '' })], 'stall'), estimated(0), quick],
  [
    'comments that only keep the connection alive',
    { ...events([]), pieces: [': wait\n\n'], ending: 'stall' },
    estimated(0),
    quick,
  ],
  ['usage without a reply', events([countedOnly, '[DONE]']), reported],
  ['usage without a reply that stalls', events([countedOnly], 'stall'), reported, quick],
  ['a counted answer without choices', aCompletion({ choices: [] }), reported],
  ['a counted answer with a malformed choice', aCompletion({ choices: [null] }), reported],
  ['counted content of another kind', aCompletion({ choices: [aChoice({ content: 5 })] }), reported],
  ['an error event with its usage', events([{ error: { code: 502, message: echo }, usage: someUsage }]), reported],
  ['a stream that ends each chunk and is cut', events([stamped('The '), stamped('begin')], 'cut'), reported],
  ['a stream that ends each chunk and stalls', events([stamped('The '), stamped('begin')], 'stall'), reported, quick],
  ['a stream that ends without a finish reason', events([...text, '[DONE]']), estimated(4)],
  ['a stream with an unknown finish reason', events([...text, chunk({}, 'error')]), estimated(4)],
  ['a stream that is cut', events(text, 'cut'), estimated(4)],
  ['a stream that stalls', events(text, 'stall'), estimated(4), quick],
  ['a stream that stalls in its thoughts', events([chunk({ reasoning: 'Hm' })], 'stall'), estimated(1), quick],
  ['a stream that breaks off with rubbish', events([...text, '{"choi']), estimated(4)],
  [
    'a stream that ends with an error',
    events([...text, { error: { code: 'server_error', message: echo } }]),
    estimated(4),
  ],
  ['a stream that ends with an outage', events([...text, { error: { code: 502, message: echo } }]), estimated(4)],
  ['a completion without a finish reason', aCompletion({ choices: [aChoice({ content: 'A plan.' }, null)] }), reported],
];

const classified: [what: string, answer: Answer, leadsTo: string, question?: Question][] = [
  ['a rate limit with status 200', anError(200, { code: 429, message: echo }), failureType.modelRateLimited],
  ['a rate limit in a text with status 200', anError(200, { code: '429' }), failureType.modelRateLimited],
  ['want of credit with status 200', anError(200, { code: 402, message: echo }), failureType.modelNoCredit],
  ['a rate limit as an event', events([{ error: { code: 429, message: echo } }]), failureType.modelRateLimited],
  ['a rate limit amid a reply', events([...text, { error: { code: 429 } }]), failureType.modelRateLimited],
  ['an error event without an envelope', events([{ code: 429, message: echo }]), failureType.modelRateLimited],
  ['a wrong key', anError(401, { message: echo, code: plantedKey }), failureType.modelUnauthorized],
  ['a key that may not', anError(403, { message: echo }), failureType.modelUnauthorized],
  ['want of credit', anError(402, { message: echo }), failureType.modelNoCredit],
  ['an unknown model', anError(404, { message: echo }), failureType.modelUnknown],
  [
    'a refused request',
    anError(400, { message: echo, type: plantedKey, param: plantedKey }),
    failureType.modelBadRequest,
  ],
  ['a rate limit', anError(429, { message: echo }), failureType.modelRateLimited],
  ['a redirection', { status: 307, headers: { location: '/v1/elsewhere' } }, failureType.modelNotConfigured],
  ['a flagged prompt', anError(403, { message: `Your input was flagged. ${echo}` }), failureType.modelRefuses],
  [
    'a limit of the reply that is too high',
    anError(400, { message: `max_tokens: 9000 > 4096, which is the maximum. ${echo}` }),
    failureType.modelOutputLimitTooHigh,
  ],
  [
    'a rate limit whose body stalls',
    { status: 429, pieces: ['{'], ending: 'stall' },
    failureType.modelRateLimited,
    quick,
  ],
  [
    'an error in an array',
    { status: 400, body: [{ error: { message: 'API key not valid.' } }] },
    failureType.modelUnauthorized,
  ],
  ['an overflow', anError(400, { code: 'context_length_exceeded', message: echo }), failureType.modelPromptTooLong],
  [
    'a refused schema',
    anError(400, { message: 'response_format' }),
    failureType.modelFormatUnsupported,
    { request: aRequestOn('schema') },
  ],
];

const filtered = events([begun, chunk({}, 'content_filter')]);
const ended: [what: string, answer: Answer, ending: ReplyEnding, question?: Question][] = [
  ['a reply at its limit', aStream('Half a pl', { finishReason: 'length' }), 'cut'],
  ['thoughts at the limit', events([chunk({ reasoning_content: 'Hm' }), chunk({}, 'length')]), 'empty'],
  ['nothing at all', aStream(''), 'empty'],
  ['blanks', aStream(' \n\t'), 'empty'],
  ['content without parts', aCompletion({ choices: [aChoice({ content: [] })] }), 'empty'],
  ['a completion without content', aCompletion({ choices: [aChoice({ content: null })] }), 'empty'],
  ['a call of a tool that was not offered', aStream('Let me see.', { finishReason: 'tool_calls' }), 'empty'],
  ['a filtered reply', filtered, 'refused'],
  ['a refusal', events([chunk({ refusal: 'I cannot.' }), chunk({}, 'stop')]), 'refused'],
  ['a runaway', events({ [Symbol.iterator]: tasks }), 'runaway'],
  ['a prompt that was cut', aStream('A plan.', { usage: { ...someUsage, prompt_tokens: 1_024 } }), 'promptCut', local],
];

interface Row {
  what: string;
  answer: Answer;
  /** The type of a failure, or the ending of a reply. */
  leadsTo: string;
  /** What a failure says that was paid for; null: nothing, undefined: it is not looked at. */
  paid?: Paid | null;
  question?: Question | undefined;
}

const { modelUnavailable, modelIncompleteReply } = failureType;
const rows: Row[] = [
  ...unavailable.map(([what, answer, question]) => ({ what, answer, question, leadsTo: modelUnavailable, paid: null })),
  ...incomplete.map(([what, answer, paid, question]) => ({
    what,
    answer,
    question,
    leadsTo: modelIncompleteReply,
    paid,
  })),
  ...classified.map(([what, answer, leadsTo, question]) => ({ what, answer, question, leadsTo })),
  ...ended.map(([what, answer, leadsTo, question]) => ({ what, answer, question, leadsTo })),
];

describe('what servers do to a request', () => {
  for (const { what, answer, leadsTo, paid, question } of rows) {
    describe(what, () => {
      let outcome: unknown;
      let requests: number;

      before(async () => {
        await withHostileEndpoint(answer, async (endpoint) => {
          outcome = await ask(endpoint, question).catch((error: unknown) => error);
          requests = endpoint.requests.length;
        });
      });

      it(`leads to ${leadsTo}`, () => {
        assert.equal(
          outcome instanceof ApplicationFailure ? outcome.type : (outcome as { ending?: string }).ending,
          leadsTo,
        );
      });

      it('is one request', () => assert.equal(requests, 1));

      it('brings no word of the key', () => {
        assert.ok(!everythingIn(outcome).includes(plantedKey), everythingIn(outcome));
      });

      if (paid === undefined) return;
      it(paid === null ? 'costs nothing' : `costs ${paid.outputTokens} tokens of output`, () => {
        const { details } = outcome as ApplicationFailure;
        assert.deepEqual(details ?? [], paid === null ? [] : [paid]);
      });
    });
  }
});

function everythingIn(outcome: unknown): string {
  if (!(outcome instanceof ApplicationFailure)) return JSON.stringify(outcome);
  return [outcome.message, outcome.stack, String(outcome.cause), JSON.stringify(outcome.details)].join('\n');
}
