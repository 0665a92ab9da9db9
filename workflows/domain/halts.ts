/** The time in which an experiment stood still because a person had it so: it does not count against its hours. */
export interface Halts {
  /** Since when it stands still now, by the workflow's clock; null while it goes on. */
  sinceMilliseconds: number | null;
  /** All earlier halts together. */
  milliseconds: number;
}

export const noHalt: Halts = { sinceMilliseconds: null, milliseconds: 0 };

export function beginHalt(halts: Halts, nowMilliseconds: number): Halts {
  return { ...halts, sinceMilliseconds: halts.sinceMilliseconds ?? nowMilliseconds };
}

export function endHalt({ sinceMilliseconds, milliseconds }: Halts, nowMilliseconds: number): Halts {
  const since = sinceMilliseconds ?? nowMilliseconds;
  return { sinceMilliseconds: null, milliseconds: milliseconds + nowMilliseconds - since };
}

/** The experiment's own clock: as late as it would be without its halts. */
export function workingTime({ sinceMilliseconds, milliseconds }: Halts, nowMilliseconds: number): number {
  return (sinceMilliseconds ?? nowMilliseconds) - milliseconds;
}
