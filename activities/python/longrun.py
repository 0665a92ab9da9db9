"""Longrun's harness for training scripts: metrics, checkpoints, deadline and seed. Standard library only.

A training script imports it (before the heavy imports: the clock starts there), trains, and reports one final result:

    import json
    import random

    import longrun

    random.seed(longrun.seed)
    data = [(x / 10, 3 * x / 10 + random.gauss(0, 0.1)) for x in range(10)]
    total_steps = 200 if longrun.rehearsal else 20_000
    weight, step = 0.0, 0

    checkpoint = longrun.latest_checkpoint()
    if checkpoint is not None:
        step, path = checkpoint
        with open(path) as file:
            weight = json.load(file)["weight"]

    def save(path):
        with open(path, "w") as file:
            json.dump({"weight": weight}, file)

    while step < total_steps and not longrun.should_stop():
        x, y = random.choice(data)
        weight -= 0.01 * 2 * (weight * x - y) * x
        step += 1
        if step % 100 == 0:
            longrun.log(step, train_loss=(weight * x - y) ** 2)
        if step % 5_000 == 0:
            longrun.save_checkpoint(step, save)

    longrun.save_checkpoint(step, save)
    val_error = sum((weight * x - y) ** 2 for x, y in data) / len(data)
    longrun.finish(val_error=val_error)

With PyTorch the checkpoint is `longrun.save_checkpoint(step, lambda path: torch.save(state, path))`, where `state` holds
the model, the optimizer, the scheduler and the random generators; `torch.load(path)` reads it back.

`longrun.seed` is an int, `longrun.rehearsal` a bool. Rules for a script:

1. Take all randomness from `longrun.seed` (random, numpy, torch): one process is one seed, the same seed the same result.
2. Call `log(step, ...)` every so often: at least every minute, at most a few thousand times in all.
3. Ask `should_stop()` at least every few seconds. When it is True: save a checkpoint, leave the loop, evaluate if there is
   time for it, call `finish` with what there is, and end with exit status 0. The script may be started again later.
4. If training takes more than a few minutes, call `save_checkpoint` every few minutes, and begin with
   `latest_checkpoint()`: the same script is started again in the same folder after a crash, and must go on from there.
5. When `longrun.rehearsal` is True make a short run (a minute at most) through every part of the script: data, training,
   checkpoint, evaluation, `finish`. It is there to find mistakes, so shrink the numbers, never skip a part.
6. Call `finish` once, at the end, with the final metric under the name the experiment asks for.
7. Call these functions from the main process only (rank 0), never from data-loading workers.

Started by hand, without Longrun, everything works as well: files go to the current folder, the seed is 0, there is no
deadline. Longrun configures it by the environment variables LONGRUN_OUTPUT (the folder for metrics.jsonl, result.json and
checkpoints/), LONGRUN_SEED, LONGRUN_REHEARSAL ("1" or "0") and LONGRUN_SECONDS (the time allowed, from the import on).

It does not cover: checkpoints that are folders, several processes that write to one output folder.
"""

import hashlib
import json
import math
import operator
import os
import signal
import sys
import threading
import time

__all__ = ["finish", "latest_checkpoint", "log", "rehearsal", "save_checkpoint", "seed", "should_stop", "time_left"]

_started = time.monotonic()
_KEPT_CHECKPOINTS = 2


def log(step, **metrics):
    """Record metrics of one step, for example `log(12, train_loss=0.5, val_error=3.1)`.

    `step` is a whole number that grows. Each metric is a number, a numpy scalar or a tensor with one element; anything else
    raises TypeError. NaN and infinities are allowed. Adds one line to metrics.jsonl and prints one readable line.
    """
    global _last_step
    step = _whole_number(step)
    values = _numbers(metrics)
    record = {"step": step, "seconds": _elapsed(), "metrics": _strict(values)}
    _append_line(os.path.join(_output, "metrics.jsonl"), json.dumps(record, allow_nan=False))
    _last_step = step
    print(f"step {step}: {_readable(values)}", flush=True)


def save_checkpoint(step, write):
    """Save a checkpoint safely: `save_checkpoint(step, lambda path: torch.save(state, path))`.

    `write` is called with a path (str) and must create one file at exactly that path. A crash at any moment leaves the
    checkpoint before it intact. The last two checkpoints are kept. With numpy open the path yourself, because `numpy.save`
    adds ".npy" to a name: `with open(path, "wb") as file: numpy.save(file, array)`.
    """
    step = _whole_number(step)
    if not callable(write):
        raise TypeError("save_checkpoint(step, write): write must be a function that takes a path and writes a file there")
    os.makedirs(_checkpoints, exist_ok=True)
    unfinished = os.path.join(_checkpoints, f".step-{step}.unfinished")
    write(unfinished)
    if not os.path.isfile(unfinished):
        raise FileNotFoundError(
            f"save_checkpoint(step={step}): write(path) must create one file at exactly the path it is given "
            "(numpy.save and numpy.savez add a suffix to a name: give them an open file instead)"
        )
    _flush_to_disk(unfinished)
    digest = _sha256(unfinished)
    file = f"step-{step:09d}-{digest[:12]}"
    entry = {"step": step, "file": file, "sha256": digest, "bytes": os.path.getsize(unfinished)}
    os.replace(unfinished, os.path.join(_checkpoints, file))
    earlier = [other for other in _checkpoint_entries() if other["step"] < step]
    kept = [*earlier, entry][-_KEPT_CHECKPOINTS:]
    _write_json(os.path.join(_checkpoints, "manifest.json"), {"checkpoints": kept})
    _remove_other_checkpoints({other["file"] for other in kept})


def latest_checkpoint():
    """Return `(step, path)` of the newest checkpoint whose content is intact, or None if there is none.

    Call it once before training and go on from that step. A checkpoint that is missing, torn or altered is skipped (with a
    line on stderr) and the one before it is returned.
    """
    for entry in reversed(_checkpoint_entries()):
        path = os.path.join(_checkpoints, os.path.basename(entry["file"]))
        if os.path.isfile(path) and os.path.getsize(path) == entry["bytes"] and _sha256(path) == entry["sha256"]:
            return entry["step"], path
        print(f"longrun: the checkpoint of step {entry['step']} is damaged and is skipped", file=sys.stderr, flush=True)
    return None


def should_stop():
    """True once the script has to save and leave: after SIGTERM, or when the deadline is near.

    Near means that a tenth of the allowed time is left, or 30 seconds, whichever is smaller. Once True it stays True.
    """
    return _stop_is_requested or time_left() <= min(_allowed_seconds / 10, 30)


def time_left():
    """Seconds until the deadline, never negative; infinity when there is no deadline."""
    return max(0.0, _allowed_seconds - _elapsed())


def finish(**metrics):
    """Report the final metrics, for example `finish(val_error=3.1)`. Call it once, as the last thing.

    The same kinds of numbers as in `log`. Writes result.json; a later call replaces what an earlier one reported.
    """
    values = _numbers(metrics)
    os.makedirs(_output, exist_ok=True)
    result = {"metrics": _strict(values), "step": _last_step, "seconds": _elapsed()}
    _write_json(os.path.join(_output, "result.json"), result)
    print(f"finished: {_readable(values)}", flush=True)


def _whole_number(step):
    try:
        return operator.index(step)
    except TypeError:
        raise TypeError(f"step must be a whole number, not {_described(step)}") from None


def _numbers(metrics):
    return {name: _number(name, value) for name, value in metrics.items()}


def _number(name, value):
    if not isinstance(value, (str, bytes, bytearray)):
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            pass
    raise TypeError(f"the metric '{name}' must be one number, not {_described(value)}")


def _described(value):
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def _strict(values):
    """JSON knows no NaN and no infinity: they become strings."""
    names = {math.inf: "Infinity", -math.inf: "-Infinity"}
    return {name: "NaN" if math.isnan(value) else names.get(value, value) for name, value in values.items()}


def _readable(values):
    return " ".join(f"{name}={value:.6g}" for name, value in values.items())


def _elapsed():
    return round(time.monotonic() - _started, 3)


def _append_line(path, line):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "ab+", buffering=0) as file:
        data = line.encode() + b"\n"
        if file.seek(0, os.SEEK_END) > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # a process was killed in the middle of its last line
                data = b"\n" + data
        file.write(data)


def _write_json(path, value):
    unfinished = f"{path}.unfinished"
    with open(unfinished, "w", encoding="utf-8") as file:
        json.dump(value, file, allow_nan=False)
        file.write("\n")
    _flush_to_disk(unfinished)
    os.replace(unfinished, path)
    _flush_to_disk(os.path.dirname(path))


def _flush_to_disk(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _checkpoint_entries():
    """The checkpoints of the manifest, oldest first; none if there is no readable manifest."""
    path = os.path.join(_checkpoints, "manifest.json")
    try:
        with open(path, encoding="utf-8") as file:
            entries = json.load(file)["checkpoints"]
        return [{name: entry[name] for name in ("step", "file", "sha256", "bytes")} for entry in entries]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as error:
        print(f"longrun: {path} is damaged, its checkpoints are skipped: {error!r}", file=sys.stderr, flush=True)
        return []


def _remove_other_checkpoints(kept_files):
    with os.scandir(_checkpoints) as files:
        for file in files:
            if file.name.startswith(("step-", ".step-")) and file.name not in kept_files and file.is_file():
                os.unlink(file.path)


def _from_environment(name, parse, default):
    text = os.environ.get(name, "")
    if not text:
        return default
    try:
        return parse(text)
    except ValueError:
        raise ValueError(f"the environment variable {name} must be a number, not '{text}'") from None


def _request_stop(_signal_number, _frame):
    global _stop_is_requested
    _stop_is_requested = True


def _hold_sigterm():
    _forking.signal_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def _release_sigterm():
    signal.pthread_sigmask(signal.SIG_SETMASK, _forking.signal_mask)


def _end_by_sigterm():
    """A forked data-loading worker must still die of SIGTERM, from its first moment: that is how its pool ends it."""
    if signal.getsignal(signal.SIGTERM) is _request_stop:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _release_sigterm()


seed = _from_environment("LONGRUN_SEED", int, 0)
rehearsal = os.environ.get("LONGRUN_REHEARSAL") == "1"

_output = os.path.abspath(os.environ.get("LONGRUN_OUTPUT") or ".")
_checkpoints = os.path.join(_output, "checkpoints")
_allowed_seconds = _from_environment("LONGRUN_SECONDS", float, math.inf)
_last_step = None
_stop_is_requested = False
_forking = threading.local()

if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, _request_stop)
    os.register_at_fork(before=_hold_sigterm, after_in_parent=_release_sigterm, after_in_child=_end_by_sigterm)
