import { Context } from '@temporalio/activity';
import { acknowledgedHeartbeats } from './adapters/acknowledged-heartbeats.ts';
import { followMetrics } from './adapters/metrics-tail.ts';
import { renewContact } from './adapters/supervised-process.ts';
import type { TrainingDependencies } from './dependencies.ts';
import { executionPlace } from './execution-place.ts';
import type { ExecutionRequest } from './execution-request.ts';
import { followCheckpoints } from './publish-checkpoints.ts';
import { followDigest } from './publish-digest.ts';
import type { Watched } from './watched.ts';

/** What a watcher has in hand when it begins. */
export function openWatched(dependencies: TrainingDependencies, request: ExecutionRequest): Watched {
  const context = Context.current();
  const place = executionPlace(dependencies.host, request);
  const line = dependencies.openServerLine(context);
  const heartbeats = acknowledgedHeartbeats({
    line,
    timeoutSeconds: (context.info.heartbeatTimeoutMs ?? defaultHeartbeatMilliseconds) / 1000,
    async onAcknowledged(details, uptimeSeconds) {
      context.heartbeat(details);
      try {
        await renewContact(place.control, uptimeSeconds);
      } catch (error) {
        context.log.warn('the supervisor cannot be told of the contact', { error: String(error) });
      }
    },
  });
  const metrics = followMetrics(place.metrics);
  const checkpoints = followCheckpoints(dependencies, request, place);
  const digest = followDigest(dependencies, request, place);
  const slotUse = dependencies.slots.follow();
  return { dependencies, request, place, metrics, line, heartbeats, checkpoints, digest, slotUse };
}

const defaultHeartbeatMilliseconds = 30_000;
