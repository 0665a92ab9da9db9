"""Makes the end of one attempt count for nothing, so that the next one who asks goes on from the last checkpoint."""

import os
import time

from control_files import flush_folder, read_json
from locks import close_pair, try_lock_pair

_PATIENCE_SECONDS = 10
_POLL_SECONDS = 0.05


def reopen(control, attempt):
    """Moves exit.json aside (exit-<attempt>.json) if it is of this attempt; returns the line to print.

    A supervisor writes exit.json shortly before it lets go of the lock, so this waits a while for the lock. Raises OSError
    if it is held on. "unchanged": there is no such end, or somebody has done it already.
    """
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while _is_ended_by(control, attempt):
        if (lock := try_lock_pair(os.path.join(control, "lock"))) is not None:
            try:
                return _move_aside(control, attempt)
            finally:
                close_pair(lock)
        if time.monotonic() > give_up_at:
            raise OSError(f"{control}/lock is held though the execution has ended: see {control}/supervisor.log")
        time.sleep(_POLL_SECONDS)
    return {"decision": "unchanged"}


def last_reopened_attempt(control):
    """0 if none was."""
    attempts = [name[len("exit-") : -len(".json")] for name in os.listdir(control) if name.startswith("exit-")]
    return max((int(text) for text in attempts if text.isdecimal()), default=0)


def _move_aside(control, attempt):
    if not _is_ended_by(control, attempt):
        return {"decision": "unchanged"}
    os.replace(os.path.join(control, "exit.json"), os.path.join(control, f"exit-{attempt}.json"))
    flush_folder(control)
    return {"decision": "reopened"}


def _is_ended_by(control, attempt):
    ended = read_json(os.path.join(control, "exit.json"))
    return ended is not None and ended["attempt"] == attempt
