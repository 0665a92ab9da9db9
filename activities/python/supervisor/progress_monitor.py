"""Whether a training goes on: its steps, its signs of life, and metrics that are no numbers any more.

The metrics file is written by an untrusted script. Lines {"step", "seconds", "metrics"} are read as they are appended;
whatever is none is ignored, and so is the file while it is a link, a pipe or a folder. What is already in it at the start
belongs to an earlier attempt and counts for nothing. A file that was replaced, as the harness does at its first `log` after a
restart, may begin with such lines too: of what it holds when that is noticed only its last line counts.
"""

import errno
import json
import math
import os
import stat
import statistics
from collections import deque

_CHUNK_BYTES = 256 * 1024  # read at most, each time
_LINE_BYTES = 64 * 1024
_NAME_CHARACTERS = 100
_MOST_NAMES = 1000
_INTERVALS = 50
_DIVERGED_STEPS = 3
_SPECIAL_VALUES = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
# What opening it says when it is not there, is a link, a socket, a device, leased, locked away, or its folder is no folder.
_SCRIPTS_DOING = {errno.ENOENT, errno.ELOOP, errno.ENXIO, errno.ENODEV, errno.EAGAIN, errno.EACCES, errno.EPERM, errno.ENOTDIR}


class ProgressMonitor:
    """`stall` is the spec's; `now` is in monotonic seconds, here and in every call."""

    def __init__(self, metrics_file, stall, now):
        self._lines = _AppendedLines(metrics_file)
        self._stall = stall
        self._life_at = now
        self._activity = None
        self._step = None
        self._step_at = None
        self._intervals = deque(maxlen=_INTERVALS)
        self._bad_steps = {}  # metric -> the last consecutive steps in which it was no finite number
        self._divergence = None

    def advance(self, now, activity):
        """Reads what is new. `activity` is any value that changes when the program does something, like its output's size."""
        if activity != self._activity:
            self._activity, self._life_at = activity, now
        steps = 0
        for line in self._lines.read():
            if (parsed := _parse(line)) is None:
                continue
            step, metrics = parsed
            self._note_values(step, metrics)
            if self._step is None or step > self._step:
                self._step = step
                steps += 1
        if steps > 0:
            self._note_steps(steps, now)

    def stalled(self, now):
        """A message if there was no sign of life (activity, a step) for longer than is usual; None otherwise."""
        quiet_seconds = now - self._life_at
        limit_seconds, reason = self._limit()
        if quiet_seconds <= limit_seconds:
            return None
        where = "before its first step" if self._step is None else f"since step {self._step:.15g}"
        return (
            f"neither output, nor a change of a file, nor a step for {quiet_seconds:.0f} seconds, {where}; "
            f"the limit was {limit_seconds:.0f} seconds ({reason})"
        )

    def diverged(self):
        """A message once a metric was NaN or infinite three times in a row, each in another step; None otherwise."""
        return self._divergence

    def _limit(self):
        least = self._stall["quietSeconds"]
        if self._step is None:
            return max(least, self._stall["firstStepSeconds"]), "until the first step"
        usual = statistics.median(self._intervals) if self._intervals else 0
        if usual * self._stall["stepFactor"] <= least:
            return least, "the least that is allowed"
        return usual * self._stall["stepFactor"], f"{self._stall['stepFactor']} times the usual {usual:.1f} seconds of a step"

    def _note_steps(self, count, now):
        """Steps that are read together have shared the time since the one before them."""
        if self._step_at is not None:
            self._intervals.extend([(now - self._step_at) / count] * min(count, _INTERVALS))
        self._step_at = self._life_at = now

    def _note_values(self, step, metrics):
        for name, value in metrics.items():
            if math.isfinite(value):
                self._bad_steps.pop(name, None)
                continue
            if name not in self._bad_steps and len(self._bad_steps) >= _MOST_NAMES:
                continue
            bad_steps = self._bad_steps.setdefault(name, [])
            if step not in bad_steps:
                bad_steps.append(step)
            if len(bad_steps) >= _DIVERGED_STEPS and self._divergence is None:
                listed = ", ".join(f"{bad_step:.15g}" for bad_step in bad_steps)
                self._divergence = f"the metric {name!r} was NaN or infinite in three consecutive steps: {listed}"


class _AppendedLines:
    """The lines that have come to an untrusted file since the last read, without their ends."""

    def __init__(self, path):
        self._path = path
        self._identity = None
        self._position = 0
        self._rest = b""
        self._is_first_read = True
        self.read()

    def read(self):
        """At most 256 KB of them; of a longer line nothing. Never raises for anything that the script can do."""
        is_first_read, self._is_first_read = self._is_first_read, False
        descriptor = _open_regular(self._path)
        if descriptor is None:
            return []
        try:
            status = os.fstat(descriptor)
            earlier, self._identity = self._identity, (status.st_dev, status.st_ino)
            if is_first_read:
                self._position = status.st_size
            elif earlier not in (None, self._identity):
                return self._last_line(descriptor, status.st_size)
            if status.st_size < self._position:
                self._position, self._rest = status.st_size, b""
            return self._take(os.pread(descriptor, _CHUNK_BYTES, self._position))
        finally:
            os.close(descriptor)

    def _last_line(self, descriptor, size):
        start = max(0, size - _LINE_BYTES)
        self._position, self._rest = start, b""
        return self._take(os.pread(descriptor, size - start, start))[-1:]

    def _take(self, data):
        self._position += len(data)
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[: _LINE_BYTES + 1]  # one more marks it as too long
        return [line for line in lines if len(line) <= _LINE_BYTES]


def _open_regular(path):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _SCRIPTS_DOING:
            return None
        raise
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def _parse(line):
    """(step, {metric: float}) or None if it is no metric line."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not isinstance(record.get("metrics"), dict):
        return None
    step = _number(record.get("step"))
    if step is None or not math.isfinite(step):
        return None
    values = {name: _number(value) for name, value in record["metrics"].items() if len(name) <= _NAME_CHARACTERS}
    return step, {name: value for name, value in values.items() if value is not None}


def _number(value):
    if isinstance(value, str):
        return _SPECIAL_VALUES.get(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf
