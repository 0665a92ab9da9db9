/**
 * Does the work and says in one line what is done and how many seconds it took. A terminal shows meanwhile what is going
 * on; a log file gets only the finished line. A failing work leaves no line: its error speaks.
 */
export async function reportStep({ doing, done }, work) {
  const isTerminal = process.stdout.isTTY;
  const eraseLine = isTerminal ? '\r\x1b[K' : '';
  const startedAt = performance.now();
  if (isTerminal) process.stdout.write(`  ${doing} …`);
  try {
    await work();
  } catch (error) {
    process.stdout.write(eraseLine);
    throw error;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`${eraseLine}✓ ${done} (${seconds.toFixed(1)} s)\n`);
}
