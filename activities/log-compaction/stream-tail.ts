/** Bytes that are kept. */
const tailBytes = 256 * 1024;

export interface StreamTail {
  add(chunk: Buffer): void;
  bytes(): Buffer;
}

/** The last bytes of a stream, in one buffer: a copy for each chunk would be a gigabyte of garbage. */
export function createStreamTail(): StreamTail {
  const kept = Buffer.alloc(tailBytes);
  let length = 0;
  return {
    add(chunk) {
      const added = chunk.subarray(Math.max(0, chunk.length - tailBytes));
      const stays = Math.min(length, tailBytes - added.length);
      kept.copyWithin(0, length - stays, length);
      added.copy(kept, stays);
      length = stays + added.length;
    },
    bytes: () => kept.subarray(0, length),
  };
}
