/**
 * A reader that has seen enough (`| head`) is no error: the command ends with status 0. Only for commands that leave
 * nothing running behind.
 */
export function endWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
