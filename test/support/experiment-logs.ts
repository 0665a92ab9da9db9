import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { executionPlace } from '../../activities/execution-place.ts';
import { anExperiment } from './builders.ts';

/** The files of the experiment `digits` below `folder`: what was published, and the trainings of this machine. */
export function experimentLogs(folder: string) {
  const [home, state] = [join(folder, 'home'), join(folder, 'state')];
  const placeOf = (name: string, trial = 1) =>
    executionPlace({ stateFolder: state }, { experiment: anExperiment(), trial, name });
  return {
    environment: { PATH: process.env['PATH'] ?? '', LONGRUN_HOME: home, LONGRUN_STATE: state },
    state,
    placeOf,
    open: (seeds = 1) =>
      put(
        join(home, 'digits', 'experiment.json'),
        JSON.stringify({ firstExecutionRunId: anExperiment().runId, settings: { seeds } }),
      ),
    /** A file below the folder of a trial among the artifacts. */
    publish: (path: string, text: string) => put(join(home, 'digits', 'trials', path), text),
    /** An execution that runs on this machine. */
    run: async (name: string, output: string, trial = 1) => {
      const { control, output: file } = placeOf(name, trial);
      await put(join(control, 'owner.json'), '{}');
      return await put(file, output);
    },
    end: (name: string, trial = 1) => put(join(placeOf(name, trial).control, 'exit.json'), '{}'),
  };
}

async function put(file: string, text: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}
