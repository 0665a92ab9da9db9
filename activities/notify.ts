import type { Notice } from '../workflows/domain/notice.ts';
import type { NotifyingDependencies } from './dependencies.ts';

/** `status` is the receiver's, 2xx. */
export type Notification = { kind: 'notConfigured' } | { kind: 'delivered'; status: number };

/** Tells the webhook, where there is one. A receiver knows a notice that it has by its id, which is `webhook-id`. */
export async function notify({ webhook }: NotifyingDependencies, notice: Notice): Promise<Notification> {
  if (webhook === null) return { kind: 'notConfigured' };
  const { id, event, at, ...data } = notice;
  const body = JSON.stringify({ type: `experiment.${event}`, timestamp: at, data });
  return { kind: 'delivered', status: await webhook.post(id, body) };
}
