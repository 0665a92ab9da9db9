import type { AcknowledgedHeartbeats } from './adapters/acknowledged-heartbeats.ts';
import type { MetricsTail } from './adapters/metrics-tail.ts';
import type { ServerLine } from './adapters/server-line.ts';
import type { SlotUse } from './adapters/slot-ledger.ts';
import type { TrainingDependencies } from './dependencies.ts';
import type { ExecutionPlace } from './execution-place.ts';
import type { ExecutionRequest } from './execution-request.ts';
import type { CheckpointPublisher } from './publish-checkpoints.ts';
import type { DigestPublisher } from './publish-digest.ts';

/** All that a watcher has in hand. */
export interface Watched {
  dependencies: TrainingDependencies;
  request: ExecutionRequest;
  place: ExecutionPlace;
  metrics: MetricsTail;
  line: ServerLine;
  heartbeats: AcknowledgedHeartbeats;
  checkpoints: CheckpointPublisher;
  digest: DigestPublisher;
  slotUse: SlotUse;
}
