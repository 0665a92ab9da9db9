/** How much a line matters, by its words alone; larger matters more. */
export const severity = { plain: 0, notable: 1, warning: 2, error: 3, contract: 4 } as const;
export type Severity = (typeof severity)[keyof typeof severity];

const errorWords =
  'error errors exception fatal failed fail fails failure failures abort aborted aborting killed oom segfault segmentation panic ' +
  'critical corrupt corrupted cannot unable denied refused unreachable timeout cancelled canceled assertion traceback ' +
  'diverged diverging exploded overflowed terminated terminating sigterm sigkill sigsegv sigabrt exitcode crashed crash unhealthy uncorrectable ' +
  'xid invalid undefined unrecognized keyboardinterrupt systemexit stopiteration preempted preemption evicted hung stuck deadlock';

const warningWords =
  'warning warnings warn deprecated deprecation futurewarning userwarning caution discouraged ignored ignoring ' +
  'missing mismatch mismatched unexpected unused fallback retry retrying unstable overflow underflow skipped skipping slow degraded nonfinite';

const notableWords =
  'best final finally saved saving resumed resuming resume restored restoring restore loaded loading checkpoint checkpoints ' +
  'finished finishing completed complete done total totals test tested testing result results accuracy parameters params improved ' +
  'improvement reducing reduced reduce plateau early stopping stopped stop converged interrupted started starting seed ' +
  'evaluation evaluating validation score elapsed took runtime train_runtime device devices gpus world_size trainable';

const severityByHash: ReadonlyMap<number, Severity> = new Map([
  ...hashes(notableWords, severity.notable),
  ...hashes(warningWords, severity.warning),
  ...hashes(errorWords, severity.error),
]);

/** Whether a word may be one of them at all, by 14 bits of its hash: most are not. */
const mayBeKnown = new Uint8Array(16_384);
for (const hash of severityByHash.keys()) mayBeKnown[hash & 16_383] = 1;

/** What a word makes of its line; the hash is that of the word in lower case. */
export function severityOfHash(hash: number): Severity {
  return mayBeKnown[hash & 16_383] === 0 ? severity.plain : (severityByHash.get(hash) ?? severity.plain);
}

function hashes(words: string, value: Severity): [number, Severity][] {
  return words.split(' ').map((word) => [hashOfWord(Buffer.from(word), 0, word.length), value]);
}

/** FNV-1a of the lower-case letters between two places. */
export function hashOfWord(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let position = from; position < to; position += 1) {
    hash = Math.imul(hash ^ (bytes[position]! | 0x20), 0x01000193);
  }
  return hash;
}
