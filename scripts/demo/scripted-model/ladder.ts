import { readFileSync } from 'node:fs';
import type { Task } from '../../../workflows/schema/task.ts';
import type { EarlierTrial } from './read-trials.ts';

/** One trial that the scripted researcher knows how to write. Nothing here says what will come out of it. */
export interface Rung {
  /** The trial's title, by which later prompts recognise it. */
  title: string;
  script: string;
  /** Its task in the task list. */
  task: string;
  /** What is changed, as the subject of a sentence. */
  change: string;
  /** Why it might help. */
  hope: string;
  /** What result would speak against it. */
  doubt: string;
  /** What the change acts on: a change of capacity within noise makes more capacity pointless. */
  lever: 'start' | 'capacity' | 'data' | 'training';
  /** What is changed beside it, where more than one thing is. */
  alsoChanged: string | null;
}

const scripts = new URL('../training-scripts/', import.meta.url);
const script = (file: string): string => readFileSync(new URL(file, scripts), 'utf8');

/** The first version of the baseline: its last batch is smaller than the others, which it does not expect. */
export const baselineWithBug = script('baseline-with-bug.py');

const baseline: Rung = {
  title: 'Softmax regression baseline',
  script: script('baseline.py'),
  task: 'Measure softmax regression as the baseline',
  change: 'Softmax regression',
  hope: 'It is the simplest model that gives a number, and everything later is measured against it',
  doubt: 'An error near that of guessing would point to a bug in the data or the gradient, not to a weak model',
  lever: 'start',
  alsoChanged: null,
};

const hiddenLayer: Rung = {
  title: 'MLP with one hidden layer',
  script: script('mlp.py'),
  task: 'Add one hidden layer of 128 units',
  change: 'A hidden layer of 128 rectified units',
  hope: 'Digits are not linearly separable in their pixels, and a hidden layer can combine strokes',
  doubt: 'A difference within noise would mean that the linear model is not what limits the result',
  lever: 'capacity',
  alsoChanged: 'the number of epochs, which is smaller than that of the baseline',
};

const widerLayer: Rung = {
  title: 'Widen the hidden layer',
  script: script('wider-mlp.py'),
  task: 'Double the hidden units to 256',
  change: 'Doubling the hidden units from 128 to 256',
  hope: 'If the hidden layer is too small for all the ways to write a digit, more units help at once',
  doubt: 'A difference within noise would mean that capacity is not what limits the result',
  lever: 'capacity',
  alsoChanged: null,
};

const augmentation: Rung = {
  title: 'Shift, rotate and scale the images',
  script: script('augmentation.py'),
  task: 'Augment the training images with shifts, rotations and scaling',
  change: 'Augmentation with random shifts, rotations and scaling',
  hope: 'Small shifts, turns and changes of size leave a digit what it is, so every epoch shows new examples for free',
  doubt: 'No improvement would mean that the errors come from digits that no small deformation explains',
  lever: 'data',
  alsoChanged:
    'the learning rate, which falls along a cosine, the number of epochs, and the hidden layer, which has 128 units',
};

const longTraining: Rung = {
  title: 'Adam, dropout and longer training',
  script: script('target.py'),
  task: 'Train on augmented images with Adam and dropout, wider and longer',
  change: 'A longer training of 256 hidden units with Adam and dropout',
  hope: 'Augmented images never repeat, so a wider network and a longer training can pay now, where they could not before',
  doubt: 'A difference within noise would mean that the augmented images themselves have become the limit',
  lever: 'training',
  alsoChanged: 'the optimizer, the dropout, the width, the batch size and the number of epochs, all at once',
};

/**
 * Best tried in this order. The scripts' sizes and the number of the split are chosen so that the steps between them
 * stand out clearly from the noise of three seeds; another split moves every value by more than that noise.
 */
export const ladder: readonly Rung[] = [baseline, hiddenLayer, widerLayer, augmentation, longTraining];

/** In the first plan beside the rungs of capacity; no script carries it out, since it is dropped before its turn. */
export const secondLayerTask = 'Add a second hidden layer';

const capacityTasks = [hiddenLayer.task, widerLayer.task, secondLayerTask];

export function isCapacityTask(title: string): boolean {
  return capacityTasks.includes(title);
}

export const repeatedTitle = (rung: Rung): string => `Again: ${rung.title}`;

export function rungOfTitle(title: string): Rung | null {
  return ladder.find((rung) => rung.title === title || repeatedTitle(rung) === title) ?? null;
}

type TitledOutcome = Pick<EarlierTrial, 'title' | 'outcome'>;

/** Whether a trial of this rung has had its outcome; one that was stopped has none. */
export function isTried(rung: Rung, trials: readonly TitledOutcome[]): boolean {
  return trials.some((trial) => trial.title === rung.title && trial.outcome !== 'stopped on request');
}

/** What is left to try: not tried yet, and its task not dropped. */
export function untriedRungs(trials: readonly TitledOutcome[], tasks: readonly Task[]): Rung[] {
  const dropped = tasks.filter(({ status }) => status === 'dropped').map(({ title }) => title);
  return ladder.filter((rung) => !isTried(rung, trials) && !dropped.includes(rung.task));
}
