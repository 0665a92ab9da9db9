import { writeSync } from 'node:fs';
import { digestDescriptor, type DigestOptions } from './digest-descriptor.ts';

/*
 * The process that `digestInProcess` starts: `digest-program.ts OPTIONS < LOG > DIGEST`, the options as JSON. How many
 * bytes it has read goes to descriptor 3, a line for each part of the log.
 */
const progressDescriptor = 3;
const progressBytes = 32 * 1024 * 1024;
let reportedBytes = 0;

function report(bytes: number): void {
  if (bytes - reportedBytes < progressBytes) return;
  reportedBytes = bytes;
  writeSync(progressDescriptor, `${bytes}\n`);
}

const options = JSON.parse(process.argv[2] ?? '') as DigestOptions;
process.stdout.write(digestDescriptor(0, options, report));
