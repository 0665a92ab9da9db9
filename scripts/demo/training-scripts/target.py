"""A wide multilayer perceptron on augmented handwritten digits: Adam, dropout and many more epochs."""

import longrun  # before the heavy imports: the clock of the deadline starts here

import pickle

import numpy as np
from sklearn.datasets import load_digits

EPOCHS = 60 if longrun.rehearsal else 1200
CHECKPOINT_EPOCHS = EPOCHS // 5
BATCH_SIZE = 100
LEARNING_RATE = 0.004  # at the start; it falls to 0 along a cosine
HIDDEN, CLASSES = 256, 10
DROPOUT = 0.3  # of the hidden units, in training only
LARGEST_SHIFT, LARGEST_ANGLE, LARGEST_SCALING = 0.6, 0.15, 0.1  # pixels, radians, a fraction


def load_split():
    """Training, validation and test part as (images, labels). The split is fixed: it does not depend on the seed."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(42).permutation(len(labels))
    images, labels = images[order] / 16.0, labels[order]
    parts = slice(0, 400), slice(400, 1100), slice(1100, None)
    return [(images[part], labels[part]) for part in parts]


def augment(random, images):
    """Shifts, turns and scales each 8x8 image by its own random amounts, with bilinear interpolation."""
    count, margin = len(images), 2  # the margin is blank, and so is what comes from outside the image
    shift_y, shift_x = random.uniform(-LARGEST_SHIFT, LARGEST_SHIFT, (2, count, 1, 1))
    angle = random.uniform(-LARGEST_ANGLE, LARGEST_ANGLE, (count, 1, 1))
    scale = random.uniform(1 - LARGEST_SCALING, 1 + LARGEST_SCALING, (count, 1, 1))
    y, x = np.mgrid[0:8, 0:8] - 3.5
    cosine, sine = np.cos(angle) / scale, np.sin(angle) / scale
    source_y = np.clip(cosine * y - sine * x + shift_y + 3.5 + margin, 0.0, 10.999)
    source_x = np.clip(sine * y + cosine * x + shift_x + 3.5 + margin, 0.0, 10.999)
    top, left = source_y.astype(int), source_x.astype(int)
    down, right = source_y - top, source_x - left
    padded = np.pad(images.reshape(count, 8, 8), ((0, 0), (margin, margin), (margin, margin)))
    image = np.arange(count)[:, None, None]
    upper = padded[image, top, left] * (1 - right) + padded[image, top, left + 1] * right
    lower = padded[image, top + 1, left] * (1 - right) + padded[image, top + 1, left + 1] * right
    return (upper * (1 - down) + lower * down).reshape(count, 64)


def initial_parameters(random, pixels):
    """Scaled for rectified units as in He et al. (2015)."""
    hidden_weights = random.normal(0.0, np.sqrt(2 / pixels), (pixels, HIDDEN))
    weights = random.normal(0.0, np.sqrt(2 / HIDDEN), (HIDDEN, CLASSES))
    return [hidden_weights, np.zeros(HIDDEN), weights, np.zeros(CLASSES)]


def predict(parameters, images, kept=1.0):
    """The hidden activations and the probability of each class, for each image. `kept` is the mask of a dropout."""
    hidden_weights, hidden_bias, weights, bias = parameters
    hidden = np.maximum(images @ hidden_weights + hidden_bias, 0.0) * kept
    logits = hidden @ weights + bias
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return hidden, exponentials / exponentials.sum(axis=1, keepdims=True)


def gradients(random, parameters, images, labels):
    """Of the mean cross-entropy of a batch, one for each parameter."""
    kept = (random.random((len(labels), HIDDEN)) >= DROPOUT) / (1 - DROPOUT)
    hidden, difference = predict(parameters, images, kept)
    difference[np.arange(len(labels)), labels] -= 1.0
    difference /= len(labels)
    hidden_difference = (difference @ parameters[2].T) * (hidden > 0.0) * kept
    return [images.T @ hidden_difference, hidden_difference.sum(axis=0), hidden.T @ difference, difference.sum(axis=0)]


def adam_step(state, parameters, slopes, learning_rate):
    """One step of Adam, Kingma and Ba (2015), with their defaults for the two running averages."""
    state["steps"] += 1
    for parameter, mean, square, slope in zip(parameters, state["means"], state["squares"], slopes):
        mean += 0.1 * (slope - mean)
        square += 0.001 * (slope**2 - square)
        spread = np.sqrt(square / (1 - 0.999 ** state["steps"])) + 1e-8
        parameter -= learning_rate * mean / (1 - 0.9 ** state["steps"]) / spread


def evaluate(parameters, images, labels):
    """The error in percent and the mean cross-entropy."""
    _, probabilities = predict(parameters, images)
    error = 100.0 * np.mean(probabilities.argmax(axis=1) != labels)
    cross_entropy = -np.log(probabilities[np.arange(len(labels)), labels] + 1e-12).mean()
    return error, cross_entropy


def restored(state):
    """The epochs that are done and the state after them, from the newest checkpoint; without one `state` as it is."""
    checkpoint = longrun.latest_checkpoint()
    if checkpoint is None:
        return 0, state
    epoch, path = checkpoint
    with open(path, "rb") as file:
        return epoch, pickle.load(file)


def save(epoch, state):
    def write(path):
        with open(path, "wb") as file:
            pickle.dump(state, file)

    longrun.save_checkpoint(epoch, write)


def train(parameters, random, training, validation):
    images, labels = training
    state = {"steps": 0, "means": [0.0 * p for p in parameters], "squares": [0.0 * p for p in parameters]}
    epochs_done, (parameters, random, state) = restored((parameters, random, state))
    for epoch in range(epochs_done + 1, EPOCHS + 1):
        augmented, order = augment(random, images), random.permutation(len(labels))
        learning_rate = LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        for start in range(0, len(labels), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            adam_step(state, parameters, gradients(random, parameters, augmented[batch], labels[batch]), learning_rate)
        if epoch % 30 == 0:
            train_loss = evaluate(parameters, *training)[1]
            val_error = evaluate(parameters, *validation)[0]
            longrun.log(epoch, train_loss=train_loss, val_error=val_error, progress=epoch / EPOCHS)
        has_to_stop = longrun.should_stop()
        if has_to_stop or epoch % CHECKPOINT_EPOCHS == 0:
            save(epoch, (parameters, random, state))
        if has_to_stop:
            break
    return parameters


def main():
    random = np.random.default_rng(longrun.seed)
    training, validation, test = load_split()
    parameters = initial_parameters(random, training[0].shape[1])
    parameters = train(parameters, random, training, validation)

    # The last weights are taken as they are, so nothing is chosen here; the test part is only reported.
    val_error, val_cross_entropy = evaluate(parameters, *validation)
    test_error, _ = evaluate(parameters, *test)
    longrun.finish(val_error=val_error, val_cross_entropy=val_cross_entropy, test_error=test_error)


main()
