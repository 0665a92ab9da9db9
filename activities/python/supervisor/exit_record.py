"""exit.json: how an execution ended, in the words of the supervisor.

{"code", "signal", "reason", "startedAt", "endedAt", "seconds" (all attempts), "peakMemoryBytes", "attempt",
"droppedOutputBytes", "slots" (the names of those it had), "sandbox", "message"?}. Of code and signal one is null; both are if
no trainer ran, or if it was ended after its supervisor was lost (unwatched_trainer.py). "sandbox" is what this attempt ran in,
"bubblewrap" or "off"; if no trainer ran, what it would have run in. The reason is one of

    exited, signaled                      by itself, or by a signal that was not the supervisor's
    stopped, deadline, unattended         somebody asked for it; its time was over; nobody was heard of for too long
    stalled, diverged                     no sign of life; a metric that was not finite for several steps
    memory, workQuota, outputQuota        more than it was allowed
    diskFull                              the host's disk, whoever filled it
    unstartable                           its command cannot be executed
    sandboxFailed, deviceUnusable         the sandbox could not be made; a device in it does not work
"""

import os
import signal
import time

from control_files import note, write_json

_DISK_RETRY_SECONDS = 2
_SHELL_SIGNALS = 128  # bubblewrap says, like a shell, 128 + n for signal n


def end_without_start(execution, reason, message):
    """Writes and returns the exit.json of an attempt whose trainer never ran."""
    now = time.time()
    record = {"code": None, "signal": None, "reason": reason, "startedAt": now, "endedAt": now}
    record |= {"seconds": round(execution.used_seconds, 3), "peakMemoryBytes": 0, "attempt": execution.attempt}
    record |= {"droppedOutputBytes": 0, "slots": slot_names(execution), "sandbox": sandbox_name(execution.spec)}
    record |= {"message": message}
    write_json(os.path.join(execution.control, "exit.json"), record)
    return record


def slot_names(execution):
    """None of them before they were taken."""
    return [slot["name"] for slot in getattr(execution, "slots", [])]


def sandbox_name(spec):
    return "off" if spec["sandbox"] is None else "bubblewrap"


def how_it_ended(tree, execution):
    """{"code", "signal", "reason", "peakMemoryBytes"} of a tree that has ended, as if by itself."""
    exit_code = os.waitstatus_to_exitcode(tree.status)
    number = -exit_code
    if execution.spec["sandbox"] is not None and _SHELL_SIGNALS < exit_code < _SHELL_SIGNALS + signal.NSIG:
        number = exit_code - _SHELL_SIGNALS
    if number > 0:
        ending = {"code": None, "signal": _signal_name(number), "reason": "signaled"}
    else:
        ending = {"code": exit_code, "signal": None, "reason": "exited"}
    return ending | {"peakMemoryBytes": tree.peak_memory_bytes}


def write_exit(control, record):
    """A finished training must not be repeated because the disk is full: tries until there is room, holding the locks."""
    note(f"ended: {record}")
    while True:
        try:
            write_json(os.path.join(control, "exit.json"), record)
            return
        except OSError as error:
            if not os.path.isdir(control):
                raise
            note(f"exit.json cannot be written yet: {error}")
            time.sleep(_DISK_RETRY_SECONDS)


def _signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"  # the real-time signals have no names of their own
