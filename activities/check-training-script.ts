import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactReference } from '../workflows/schema/artifact-reference.ts';
import type { ExperimentIdentity } from '../workflows/domain/trial.ts';
import { scriptMetadata } from './adapters/script-metadata.ts';
import type { HostDependencies } from './dependencies.ts';

export interface CheckTrainingScriptInput {
  experiment: ExperimentIdentity;
  script: ArtifactReference;
}

export type ScriptCheck =
  /** `declaresPackages`: by PEP 723. Whether they can be had is another question. */
  { kind: 'compiles'; declaresPackages: boolean } | { kind: 'syntaxError'; excerpt: string };

/** Compiles the script without running it, with the interpreter that trains: a typing slip must not cost a GPU. */
export async function checkTrainingScript(
  { artifacts, host }: HostDependencies,
  { experiment, script }: CheckTrainingScriptInput,
): Promise<ScriptCheck> {
  const text = await artifacts.folder(experiment.id).read(script.path);
  await mkdir(host.stateFolder, { recursive: true });
  const folder = await mkdtemp(join(host.stateFolder, 'check-'));
  try {
    await writeFile(join(folder, 'train.py'), text);
    const problem = await compile(host.python, folder);
    if (problem !== null) return { kind: 'syntaxError', excerpt: problem };
    return { kind: 'compiles', declaresPackages: scriptMetadata(text).kind !== 'none' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the compiler says against it, or null. */
async function compile(python: string, folder: string): Promise<string | null> {
  return await new Promise((resolve, reject) => {
    execFile(
      python,
      ['-I', '-m', 'py_compile', 'train.py'],
      { cwd: folder, timeout: 60_000 },
      (error, _output, errors) => {
        if (error === null) resolve(null);
        else if (error.signal) resolve(`the compiler was ended by ${error.signal}`);
        else if (error.code === 1) resolve(errors.trim().slice(-4_000));
        else reject(error);
      },
    );
  });
}
