// Written for old versions of Node.js as well: see scripts/set-up.mjs.

/**
 * What is wrong with this version of Node.js ("20.19.0"), as one sentence with the mend; undefined when nothing is.
 * The limits are those of the strictest packages in package-lock.json (`^20.19.0 || >=22.12.0`).
 */
export function findNodeVersionProblem(version) {
  const parts = version.split('.');
  const major = Number(parts[0]);
  const minor = Number(parts[1]);
  const isSupported = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  if (isSupported) return undefined;
  return (
    'Longrun needs Node.js 20.19 or newer (of the 22 series: 22.12 or newer), and this is ' +
    version +
    ': install a newer one from https://nodejs.org and start again.'
  );
}
