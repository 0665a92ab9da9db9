import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import { failureType } from '../workflows/domain/failure-type.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import { withHeartbeat } from './adapters/heartbeat.ts';
import { installLockedPackages, lockPackages } from './adapters/python-packages.ts';
import { scriptMetadata, type Requirement } from './adapters/script-metadata.ts';
import type { HostDependencies } from './dependencies.ts';

export interface InstallPackagesInput {
  experiment: ExperimentIdentity;
  script: ArtifactReference;
  /** Names of packages that the experiment allows; `*` allows every one. */
  allowed: string[];
}

export type InstalledPackages =
  | { kind: 'installed'; lock: ArtifactReference }
  /** What the language model is told: which packages, and why not. */
  | { kind: 'packagesRefused'; excerpt: string };

/** A network that does not answer three times is none, and then the script has to do without. */
const mostAttempts = 3;

/**
 * Locks and installs what a script declares by PEP 723. The lock is an artifact, so that any other host installs the
 * very same files.
 */
export async function installPackages(
  { artifacts, host }: HostDependencies,
  { experiment, script, allowed }: InstallPackagesInput,
): Promise<InstalledPackages> {
  const folder = artifacts.folder(experiment.id);
  const metadata = scriptMetadata(await folder.read(script.path));
  if (metadata.kind === 'unreadable') return { kind: 'packagesRefused', excerpt: metadata.problem };
  const requirements = metadata.kind === 'none' ? [] : metadata.requirements;
  const forbidden = requirements.filter(({ name }) => !isAllowed(name, allowed));
  if (forbidden.length > 0) return { kind: 'packagesRefused', excerpt: describeForbidden(forbidden, allowed) };

  const texts = requirements.map(({ text }) => text);
  return await withHeartbeat({ installing: texts.join(', ').slice(0, 200) }, async () => {
    const locked = await lockPackages(host.installer, texts);
    if (locked.kind === 'locked') {
      await installLockedPackages(host.installer, locked.lock);
      return { kind: 'installed', lock: await folder.write(`${script.path}.lock`, locked.lock) };
    }
    if (locked.kind === 'unreachable' && Context.current().info.attempt < mostAttempts) {
      throw ApplicationFailure.create({ type: failureType.packagesUnavailable, message: locked.reason });
    }
    return { kind: 'packagesRefused', excerpt: `${texts.join(', ')} cannot be installed here.\n\n${locked.reason}` };
  });
}

function isAllowed(name: string, allowed: readonly string[]): boolean {
  return allowed.some((each) => each === '*' || each.toLowerCase().replace(/[-_.]+/g, '-') === name);
}

function describeForbidden(forbidden: readonly Requirement[], allowed: readonly string[]): string {
  const names = forbidden.map(({ name }) => name).join(', ');
  const others =
    allowed.length === 0 ? 'nothing can be installed' : `only these can be installed: ${allowed.join(', ')}`;
  return `This experiment does not allow ${names}; ${others}. Use what is installed on the host.`;
}
