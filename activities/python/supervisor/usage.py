"""The time that an execution has used, all its attempts together: CONTROL/usage.json {"seconds"}.

It is written every five seconds, so an attempt whose supervisor was killed gives at most that much away.
"""

import os
import time

from control_files import note, read_json, write_json

_WRITING_SECONDS = 5


def used_seconds(control):
    """What earlier attempts have used. Raises ValueError naming the file if it is damaged."""
    path = os.path.join(control, "usage.json")
    recorded = read_json(path)
    if recorded is None:
        return 0.0
    try:
        return float(recorded["seconds"])
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"{path} holds no 'seconds'; move the control folder away to start afresh") from None


def seconds_since_writing(control, started_at):
    """How long ago a supervisor that was killed has written what was used, by the wall clock; since the start of its attempt if
    it never came to that."""
    try:
        written_at = os.stat(os.path.join(control, "usage.json")).st_mtime
    except FileNotFoundError:
        written_at = 0
    return max(0.0, time.time() - max(written_at, started_at))


def write_seconds(control, seconds):
    """Raises OSError."""
    write_json(os.path.join(control, "usage.json"), {"seconds": round(seconds, 3)})


class Usage:
    """Counts from its making on."""

    def __init__(self, execution):
        self._control = execution.control
        self._allowed_seconds = execution.spec["deadlineSeconds"]
        self._earlier_seconds = execution.used_seconds
        self._started_at = time.monotonic()
        self._write_at = self._started_at

    @property
    def seconds(self):
        return self._earlier_seconds + time.monotonic() - self._started_at

    @property
    def remaining_seconds(self):
        return max(0.0, self._allowed_seconds - self.seconds)

    def advance(self):
        if time.monotonic() >= self._write_at:
            self.write()

    def write(self):
        self._write_at = time.monotonic() + _WRITING_SECONDS
        try:
            write_seconds(self._control, self.seconds)
        except OSError as error:
            note(f"usage.json cannot be written, the next one will count it all: {error}")
