import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { acknowledgedHeartbeats } from '../../activities/adapters/acknowledged-heartbeats.ts';
import type { ServerLine } from '../../activities/adapters/server-line.ts';

type Answer = 'acknowledged' | 'unknown' | 'silence';

/** A server that gives these answers in turn, and the last one from then on. */
function server(...answers: Answer[]) {
  const heard: unknown[] = [];
  const line: ServerLine = {
    async sendHeartbeat(details) {
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === 'silence' || answer === undefined) throw new Error('no answer');
      heard.push(details);
      return answer;
    },
    isWorkflowClosed: async () => false,
  };
  return { line, heard };
}

function beating(line: ServerLine, timeoutSeconds = 30) {
  const acknowledged: unknown[] = [];
  const onAcknowledged = async (details: unknown) => void acknowledged.push(details);
  return { acknowledged, heartbeats: acknowledgedHeartbeats({ line, timeoutSeconds, onAcknowledged }) };
}

describe('a heartbeat that must be acknowledged', () => {
  it('is passed on only when the server has answered it', async () => {
    const { heartbeats, acknowledged } = beating(server('silence', 'acknowledged').line);
    assert.deepEqual([await heartbeats.send(1), await heartbeats.send(2)], [false, true]);
    assert.deepEqual(acknowledged, [2]);
  });

  it('is known to be in vain at once when the server does not know the attempt', async () => {
    const { heartbeats, acknowledged } = beating(server('unknown').line);
    assert.equal(await heartbeats.send(1), false);
    assert.deepEqual([heartbeats.isUnknown, acknowledged], [true, []]);
  });

  it('is not in vain at the first silence', async () => {
    const { heartbeats } = beating(server('silence').line);
    await heartbeats.send(1);
    assert.deepEqual([heartbeats.isUnknown, heartbeats.isSilent], [false, false]);
  });

  it('is in vain after three quarters of the time-out without an answer', async () => {
    const { heartbeats } = beating(server('acknowledged', 'silence').line, 1);
    await heartbeats.send(1);
    assert.equal(heartbeats.isSilent, false);
    while (!heartbeats.isSilent) await delay(10);
    assert.equal(await heartbeats.send(2), false);
  });

  it('counts the silence from when the last acknowledged one was sent, not from its answer', async () => {
    const slow = { ...server('acknowledged').line, sendHeartbeat: () => delay(200, 'acknowledged' as const) };
    const { heartbeats } = beating(slow, 0.2);
    await heartbeats.send(1);
    assert.equal(heartbeats.isSilent, true);
  });

  it('is not sent while one before it waits for its answer', async () => {
    let sent = 0;
    const waiting: ServerLine = {
      ...server().line,
      sendHeartbeat: () => {
        sent += 1;
        return new Promise(() => undefined);
      },
    };
    const { heartbeats } = beating(waiting);
    heartbeats.beat(1);
    heartbeats.beat(2);
    assert.equal(sent, 1);
  });
});
