export type Settled<T> = { kind: 'value'; value: T } | { kind: 'error'; error: unknown };

/** The end of a promise as a value that conditions can look at; null until then. */
export function settled<T>(promise: Promise<T>): { readonly now: Settled<T> | null } {
  const end: { now: Settled<T> | null } = { now: null };
  void promise.then(
    (value) => (end.now = { kind: 'value', value }),
    (error: unknown) => (end.now = { kind: 'error', error }),
  );
  return end;
}
