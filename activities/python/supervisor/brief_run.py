"""Runs a short command in a sandbox to its end: a test of the sandbox, or of the devices in it."""

import os
import time

from sandboxed_process import start_in_sandbox

_POLL_SECONDS = 0.01
_LONGEST_MESSAGE = 2000


def why_it_fails(place, program, seconds):
    """None if it ends with status 0 in time, else one sentence and the end of its output (which must be empty at first and
    is not read by anybody else). Raises what start_in_sandbox raises."""
    tree = start_in_sandbox(place, program)
    try:
        give_up_at = time.monotonic() + seconds
        while tree.status is None and time.monotonic() < give_up_at:
            time.sleep(_POLL_SECONDS)
            tree.reap()
        is_late = tree.status is None
    finally:
        tree.kill_all()
    status = os.waitstatus_to_exitcode(tree.status)
    if status == 0 and not is_late:
        return None
    end = f"it took longer than {seconds} seconds" if is_late else f"it ended with status {status}"
    return f"{program.command[0]}: {end}: {_end_of(program.output)}"


def _end_of(output):
    with open(f"/proc/self/fd/{output}", "rb") as file:
        file.seek(max(0, os.fstat(output).st_size - _LONGEST_MESSAGE))
        return file.read(_LONGEST_MESSAGE).decode(errors="replace").strip()
