/** The time of day that a log believes in. */
export interface Clock {
  advance(seconds: number): void;
  /** `2024-05-01 12:00:00` */
  plain(): string;
  /** `2024-05-01 12:00:00,123`, as Python's logging prints it. */
  withMilliseconds(): string;
  /** `2024-05-01T12:00:00` */
  iso(): string;
  /** `12:00:00` */
  time(): string;
  /** `0501 12:00:00.123456`, as glog and absl print it. */
  glog(): string;
  /** `05/01 12:00:00` */
  short(): string;
}

export function createClock(start: string): Clock {
  let milliseconds = Date.parse(`${start}Z`);
  const text = (from: number, to: number): string => new Date(milliseconds).toISOString().slice(from, to);
  const day = (): string => `${text(0, 10)} ${text(11, 19)}`;
  return {
    advance: (seconds) => void (milliseconds += Math.round(seconds * 1000)),
    plain: day,
    withMilliseconds: () => `${day()},${text(20, 23)}`,
    iso: () => text(0, 19),
    time: () => text(11, 19),
    glog: () => `${text(5, 7)}${text(8, 10)} ${text(11, 23)}${String((milliseconds * 7) % 1000).padStart(3, '0')}`,
    short: () => `${text(5, 7)}/${text(8, 10)} ${text(11, 19)}`,
  };
}
