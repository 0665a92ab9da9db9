/** Settings as a person gave them, without defaults; `id` among them. */
export type GivenSettings = Record<string, unknown>;

/**
 * What is given later wins. Of budget and models each part stands by itself; so do the parts of a metric, unless another
 * metric is named: a target is that of one metric.
 */
export function mergeSettings(...layers: readonly GivenSettings[]): GivenSettings {
  let merged: GivenSettings = {};
  for (const layer of layers) {
    const parts = ['budget', 'models', 'metric'].flatMap((name) => {
      const given = layer[name];
      if (!isFields(given)) return [];
      const below = name === 'metric' && 'name' in given ? {} : merged[name];
      return [[name, { ...(isFields(below) ? below : {}), ...given }]];
    });
    merged = { ...merged, ...layer, ...Object.fromEntries(parts) };
  }
  return merged;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
