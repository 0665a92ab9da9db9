/** A provider's slip must not park an experiment for days, nor let it ask without a pause. */
const leastSeconds = 1;
const mostSeconds = 3600;

/** How long a server asks to wait, by `Retry-After` (seconds or a date) or `retry-after-ms`; null where it does not. */
export function retryDelaySeconds(headers: Headers | undefined): number | null {
  const milliseconds = headers?.get('retry-after-ms');
  const asked = milliseconds == null ? secondsIn(headers?.get('retry-after')) : Number(milliseconds) / 1000;
  return Number.isFinite(asked) && asked > 0 ? Math.min(mostSeconds, Math.max(leastSeconds, asked)) : null;
}

function secondsIn(value: string | null | undefined): number {
  if (value == null) return NaN;
  return Number.isFinite(Number(value)) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
}
