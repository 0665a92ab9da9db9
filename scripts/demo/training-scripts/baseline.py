"""Softmax regression on handwritten digits: the baseline that every later trial is measured against."""

import longrun  # before the heavy imports: the clock of the deadline starts here

import pickle

import numpy as np
from sklearn.datasets import load_digits

EPOCHS = 10 if longrun.rehearsal else 200
CHECKPOINT_EPOCHS = EPOCHS // 5
BATCH_SIZE = 32
LEARNING_RATE = 0.1
CLASSES = 10


def load_split():
    """Training, validation and test part as (images, labels). The split is fixed: it does not depend on the seed."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(42).permutation(len(labels))
    images, labels = images[order] / 16.0, labels[order]
    parts = slice(0, 400), slice(400, 1100), slice(1100, None)
    return [(images[part], labels[part]) for part in parts]


def initial_parameters(random, pixels):
    return [random.normal(0.0, 0.01, (pixels, CLASSES)), np.zeros(CLASSES)]


def predict(parameters, images):
    """The probability of each class for each image."""
    weights, bias = parameters
    logits = images @ weights + bias
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def gradients(parameters, images, labels):
    """Of the mean cross-entropy of a batch, one for each parameter."""
    rows = np.arange(len(labels))
    difference = predict(parameters, images)
    difference[rows, labels] -= 1.0
    difference /= len(labels)
    return [images.T @ difference, difference.sum(axis=0)]


def evaluate(parameters, images, labels):
    """The error in percent and the mean cross-entropy."""
    probabilities = predict(parameters, images)
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
    epochs_done, (parameters, random) = restored((parameters, random))
    for epoch in range(epochs_done + 1, EPOCHS + 1):
        order = random.permutation(len(labels))
        for start in range(0, len(labels), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            for parameter, gradient in zip(parameters, gradients(parameters, images[batch], labels[batch])):
                parameter -= LEARNING_RATE * gradient
        if epoch % 10 == 0:
            train_loss = evaluate(parameters, *training)[1]
            val_error = evaluate(parameters, *validation)[0]
            longrun.log(epoch, train_loss=train_loss, val_error=val_error, progress=epoch / EPOCHS)
        has_to_stop = longrun.should_stop()
        if has_to_stop or epoch % CHECKPOINT_EPOCHS == 0:
            save(epoch, (parameters, random))
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
