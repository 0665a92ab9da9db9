/**
 * A reader that has seen enough (`| head`) is no error: the command ends with status 0. Only for commands that leave
 * nothing running behind. Saying it again changes nothing.
 */
export function endWhenNobodyReads(): void {
  listen(endOnBrokenPipe);
}

/** For commands that would leave something running behind: they go on, and what they print goes nowhere. */
export function goOnWhenNobodyReads(): void {
  listen(ignoreBrokenPipe);
}

function listen(listener: (error: NodeJS.ErrnoException) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    for (const each of [endOnBrokenPipe, ignoreBrokenPipe]) stream.off('error', each);
    stream.on('error', listener);
  }
}

function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
