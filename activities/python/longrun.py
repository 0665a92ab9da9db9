"""Longrun's harness for training scripts: metrics, checkpoints, deadline and seed. Standard library only.

A training script imports it (before the heavy imports: the clock starts there), trains, and reports one final result:

    import random
    from pathlib import Path

    import longrun

    random.seed(longrun.seed)
    data = [(x / 10, 3 * x / 10 + random.gauss(0, 0.1)) for x in range(10)]
    total_steps = 200 if longrun.rehearsal else 20_000

    def save(path):
        Path(path).write_text(str(weight))

    def evaluate():
        return sum((weight * x - y) ** 2 for x, y in data) / len(data)

    weight, step = 0.0, 0
    checkpoint = longrun.latest_checkpoint()
    if checkpoint is not None:
        step, weight = checkpoint[0], float(Path(checkpoint[1]).read_text())

    while step < total_steps and not longrun.should_stop():
        x, y = random.choice(data)
        weight -= 0.01 * 2 * (weight * x - y) * x
        step += 1
        if step % 100 == 0:
            longrun.log(step, train_loss=(weight * x - y) ** 2)
        if step % 5_000 == 0:
            longrun.save_checkpoint(step, save, metric=evaluate())

    longrun.save_checkpoint(step, save, metric=evaluate())
    weight = float(Path(longrun.best_checkpoint()[1]).read_text())
    longrun.finish(val_error=evaluate())

With PyTorch the checkpoint is `longrun.save_checkpoint(step, lambda path: torch.save(state, path))`, where `state` holds
the model, the optimizer, the scheduler and the random generators; `torch.load(path)` reads it back.

`longrun.seed` is an int, `longrun.rehearsal` a bool, `longrun.gpus` the number of its GPUs (0: the CPU). Rules for a script:

1. Take all randomness from `longrun.seed` (random, numpy, torch): one process is one seed, the same seed the same result.
2. Call `log(step, ...)` every so often: at least every minute, at most a few thousand times in all, with a step that grows.
3. Ask `should_stop()` at least every few seconds. When it is True: save a checkpoint, leave the loop, evaluate if there is
   time for it, call `finish` with what there is, and end with exit status 0. The script may be started again later.
4. If training takes more than a few minutes, call `save_checkpoint` every few minutes, and begin with
   `latest_checkpoint()`: the same script is started again in the same folder after a crash, and must go on from there.
   Call it before the first `log`, which removes what an earlier process logged for this step and later ones.
5. The last two checkpoints are kept, and with `metric=` the best one, which `best_checkpoint()` finds. Give it the number
   that `finish` reports, measured on validation data; Longrun knows whether less or more of it is better.
6. When `longrun.rehearsal` is True make a short run (a minute at most) through every part of the script: data, training,
   checkpoint, evaluation, `finish`. It is there to find mistakes, so shrink the numbers, never skip a part.
7. Call `finish` once, at the end, with the final metric under the name the experiment asks for.
8. Call these functions from the main process, never from data-loading workers. Under `torchrun` every rank calls them, but
   only rank 0 writes: elsewhere `log`, `save_checkpoint` and `finish` do nothing (so gather sharded weights before the
   call, not in `write`). Ranks learn of the end at different moments: broadcast rank 0's `should_stop()`.

Started by hand it works as well: files go to the current folder, the seed is 0, there is no deadline. Longrun sets
LONGRUN_OUTPUT (the folder for metrics.jsonl, result.json and checkpoints/), LONGRUN_SEED, LONGRUN_REHEARSAL ("1" or "0"),
LONGRUN_SECONDS (the time allowed, from the import on), LONGRUN_GPUS and LONGRUN_DIRECTION ("minimize" or "maximize").
It does not cover: checkpoints that are folders, several processes that write to one output folder.
"""

import functools
import hashlib
import itertools
import json
import math
import operator
import os
import signal
import sys
import threading
import time

_started = time.monotonic()


def log(step, **metrics):
    """Record metrics of one step, for example `log(12, train_loss=0.5, val_error=3.1)`.

    `step` is a whole number that grows. Each metric is a number, a numpy scalar or a tensor with one element; anything else
    raises TypeError. NaN and infinities are allowed. Adds one line to metrics.jsonl and prints one readable line.
    """
    global _last_step
    step = _whole_number(step)
    values = {name: _number(name, value) for name, value in metrics.items()}
    line = _json_line({"step": step, "seconds": round(time.monotonic() - _started, 3), "metrics": _strict(values)})
    path = os.path.join(_output, "metrics.jsonl")
    if _last_step is None:
        _write_whole(path, itertools.chain(_earlier_lines(path, step), [line]))
    else:
        with open(path, "ab") as file:
            file.write(line)
    _last_step = step
    print(f"step {step}: {_readable(values)}", flush=True)


def save_checkpoint(step, write, metric=None):
    """Save a checkpoint safely: `save_checkpoint(step, lambda path: torch.save(state, path), metric=val_error)`.

    `write` is called with a path (str) and must create one file at exactly that path. A crash at any moment leaves the
    checkpoints before it intact. The last two are kept, and the one with the best `metric` (NaN is never the best). With
    numpy open the path yourself, because `numpy.save` adds ".npy": `with open(path, "wb") as file: numpy.save(file, array)`.
    """
    step = _whole_number(step)
    metric = math.nan if metric is None else _number("metric", metric)
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
    entry = {"step": step, "file": f"step-{step:09d}-{digest[:12]}", "sha256": digest, "bytes": os.path.getsize(unfinished)}
    entry["metric"] = metric if math.isfinite(metric) else None
    os.replace(unfinished, os.path.join(_checkpoints, entry["file"]))
    entries = [*(earlier for earlier in _checkpoint_entries() if earlier["step"] < step), entry]
    best = _best_first(entries)[:1]
    kept = [{**each, "isBest": each in best} for each in entries if each in best + entries[-2:]]
    _write_whole(os.path.join(_checkpoints, "manifest.json"), [_json_line({"checkpoints": kept})])
    for file in list(os.scandir(_checkpoints)):
        if file.name.startswith(("step-", ".step-")) and all(file.name != each["file"] for each in kept):
            os.unlink(file.path)


def latest_checkpoint():
    """Return `(step, path)` of the newest checkpoint whose content is intact, or None if there is none.

    Call it once, before the first `log`, and go on from that step. Damaged ones are skipped, with a line on stderr.
    """
    return _first_intact(reversed(_checkpoint_entries()))


def best_checkpoint():
    """Return the same of the checkpoint with the best `metric`, or None if none was saved with a metric."""
    return _first_intact(_best_first(_checkpoint_entries()))


def should_stop():
    """True once the script has to save and leave: after SIGTERM, or when the deadline is near.

    Near means that a tenth of the allowed time is left, or 30 seconds, whichever is smaller. Once True it stays True.
    """
    return _stop_is_requested or time_left() <= min(_allowed_seconds / 10, 30)


def time_left():
    """Seconds until the deadline, never negative; infinity when there is no deadline."""
    return max(0.0, _allowed_seconds - (time.monotonic() - _started))


def finish(**metrics):
    """Report the final metrics, for example `finish(val_error=3.1)`. Call it once, as the last thing.

    The same kinds of numbers as in `log`. Writes result.json, in place of what an earlier call reported.
    """
    values = {name: _number(name, value) for name, value in metrics.items()}
    result = {"metrics": _strict(values), "step": _last_step, "seconds": round(time.monotonic() - _started, 3)}
    _write_whole(os.path.join(_output, "result.json"), [_json_line(result)])
    print(f"finished: {_readable(values)}", flush=True)


def _whole_number(step):
    try:
        return operator.index(step)
    except TypeError:
        raise TypeError(f"step must be a whole number, not {type(step).__name__} {step!r:.60}") from None


def _number(name, value):
    if not isinstance(value, (str, bytes, bytearray)):
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            pass
    raise TypeError(f"the metric '{name}' must be one number, not {type(value).__name__} {value!r:.60}")


def _strict(values):
    """JSON knows no NaN and no infinity: they become the strings "NaN", "Infinity" and "-Infinity"."""
    return {name: value if math.isfinite(value) else json.dumps(value) for name, value in values.items()}


def _readable(values):
    return " ".join(f"{name}={value:.6g}" for name, value in values.items())


def _json_line(value):
    return json.dumps(value, allow_nan=False).encode() + b"\n"


def _earlier_lines(path, step):
    """Those of earlier processes from before that step, without one that a killed process left torn."""
    with open(path, "ab+") as file:
        file.seek(0)
        while line := file.readline(1 << 20):
            try:
                is_earlier = not json.loads(line)["step"] >= step
            except (ValueError, TypeError, KeyError, RecursionError):  # not written by `log`, and no reason to stop
                is_earlier = True
            if is_earlier and line.endswith(b"\n"):
                yield line


def _write_whole(path, blocks):
    unfinished = f"{path}.unfinished"
    with open(unfinished, "wb") as file:
        file.writelines(blocks)
    _flush_to_disk(unfinished)
    os.replace(unfinished, path)
    _flush_to_disk(os.path.dirname(path))


def _flush_to_disk(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
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
        names = ("step", "file", "sha256", "bytes")
        return [{name: entry[name] for name in names} | {"metric": entry.get("metric")} for entry in entries]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as error:
        print(f"longrun: {path} is damaged, its checkpoints are skipped: {error!r}", file=sys.stderr, flush=True)
        return []


def _best_first(entries):
    """Those that have a metric; of equal ones the earlier is the better."""
    sign = -1 if os.environ.get("LONGRUN_DIRECTION") == "maximize" else 1
    return sorted((entry for entry in entries if entry["metric"] is not None), key=lambda entry: sign * entry["metric"])


def _first_intact(entries):
    for entry in entries:
        path = os.path.join(_checkpoints, os.path.basename(entry["file"]))
        if os.path.isfile(path) and os.path.getsize(path) == entry["bytes"] and _sha256(path) == entry["sha256"]:
            return entry["step"], path
        print(f"longrun: the checkpoint of step {entry['step']} is damaged and is skipped", file=sys.stderr, flush=True)
    return None


def _from_environment(name, parse, default):
    text = os.environ.get(name, "")
    try:
        return parse(text) if text else default
    except ValueError:
        raise ValueError(f"the environment variable {name} must be a number, not '{text}'") from None


def _request_stop(_signal_number, _frame):
    global _stop_is_requested
    _stop_is_requested = True


def _end_by_sigterm():
    """A forked data-loading worker must still die of SIGTERM, from its first moment: that is how its pool ends it."""
    if signal.getsignal(signal.SIGTERM) is _request_stop:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _release_sigterm()


seed = _from_environment("LONGRUN_SEED", int, 0)
rehearsal = os.environ.get("LONGRUN_REHEARSAL") == "1"
gpus = _from_environment("LONGRUN_GPUS", int, 0)
_output = os.path.abspath(os.environ.get("LONGRUN_OUTPUT") or ".")
os.makedirs(_output, exist_ok=True)
_checkpoints = os.path.join(_output, "checkpoints")
_allowed_seconds = _from_environment("LONGRUN_SECONDS", float, math.inf)
_last_step = None
_stop_is_requested = False

if os.environ.get("RANK", "0") != "0":
    log = save_checkpoint = finish = lambda *_, **__: None

if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, _request_stop)
    _hold_sigterm = functools.partial(signal.pthread_sigmask, signal.SIG_BLOCK, {signal.SIGTERM})
    _release_sigterm = functools.partial(signal.pthread_sigmask, signal.SIG_UNBLOCK, {signal.SIGTERM})
    os.register_at_fork(before=_hold_sigterm, after_in_parent=_release_sigterm, after_in_child=_end_by_sigterm)
