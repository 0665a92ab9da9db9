import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import type { Metric } from '../workflows/schema/metric.ts';
import type { Placement, Resources } from '../workflows/domain/placement.ts';
import type { ExecutionName } from './execution-place.ts';

/** One process of a generated script. */
export interface ExecutionRequest extends ExecutionName {
  script: ArtifactReference;
  seed: number;
  isRehearsal: boolean;
  deadlineSeconds: number;
  metric: Metric;
  resources: Resources;
  placement: Placement;
  /** What the script has had installed; null where it declares nothing. */
  lock: ArtifactReference | null;
}
