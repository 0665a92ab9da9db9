/** "2026-01-02 03:04" of "2026-01-02T03:04:05.678Z": in UTC, as all times that are shown. */
export function minuteOf(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
