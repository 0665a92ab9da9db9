/**
 * A reader that has seen enough (`| head`) is no error: the command ends with status 0. Only for commands that leave
 * nothing running behind. Saying it again changes nothing.
 */
export function endWhenNobodyReads(): void {
  process.stdout.off('error', endOnBrokenPipe);
  process.stdout.on('error', endOnBrokenPipe);
}

function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}
