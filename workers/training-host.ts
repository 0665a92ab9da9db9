import { join } from 'node:path';
import { openHost, type Host } from '../activities/adapters/host.ts';
import { openSandbox, type Sandbox } from '../activities/adapters/sandbox.ts';
import type { Configuration } from './configuration.ts';
import { managedPython } from './managed-python/managed-python.ts';

/** This machine as the configuration has it. The managed interpreter runs the supervisor; trainings may have another. */
export async function openTrainingHost(configuration: Configuration): Promise<Host> {
  const { stateFolder, slots } = configuration;
  return await openHost({
    stateFolder,
    ...interpreters(configuration),
    sandbox: await openConfiguredSandbox(configuration),
    installer: {
      uv: managedPython().uv,
      python: interpreters(configuration).python,
      folder: join(stateFolder, 'environments'),
    },
    cpuSlots: slots,
  });
}

/** The bubblewrap that was named; else the one of the system, whose AppArmor profile may know it; else the managed one. */
export async function openConfiguredSandbox(configuration: Configuration): Promise<Sandbox> {
  const { mode, bubblewrap } = configuration.sandbox;
  const managed = managedPython().bubblewrap;
  const candidates = bubblewrap === null ? ['bwrap', ...(managed === undefined ? [] : [managed])] : [bubblewrap];
  return await openSandbox({ mode, candidates, ...interpreters(configuration) });
}

function interpreters({ python }: Configuration): { python: string; supervisorPython: string } {
  const supervisorPython = managedPython().python;
  return { python: python ?? supervisorPython, supervisorPython };
}
