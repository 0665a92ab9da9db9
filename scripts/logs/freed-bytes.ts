/** File systems free whole blocks, and no training prints as many zero bytes. */
const blockBytes = 4096;

/** Passes a log on, with a receipt where its supervisor frees the middle of it while it is read. */
export interface FreedBytes {
  pass(bytes: Buffer): Buffer;
  /** What has been held back. */
  end(): Buffer;
}

export function replaceFreedBytes(): FreedBytes {
  let zeros = 0;
  const end = (): Buffer => {
    const count = zeros;
    zeros = 0;
    if (count < blockBytes) return Buffer.alloc(count);
    return Buffer.from(`\n[longrun: ${count} bytes of output were dropped here while this was read]\n`);
  };
  return {
    end,
    pass(bytes) {
      if (zeros === 0 && !bytes.includes(0)) return bytes;
      const parts: Buffer[] = [];
      for (let position = 0; position < bytes.length;) {
        const start = position;
        if (bytes[position] === 0) {
          while (bytes[position] === 0) position += 1;
          zeros += position - start;
          continue;
        }
        const next = bytes.indexOf(0, position);
        position = next === -1 ? bytes.length : next;
        parts.push(end(), bytes.subarray(start, position));
      }
      return Buffer.concat(parts);
    },
  };
}
