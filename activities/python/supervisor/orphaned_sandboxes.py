"""Sandboxes whose supervisor was killed and that live on.

They die with their supervisor, except in the few milliseconds before bubblewrap has tied them to it: then the training runs
unwatched, and the locks it inherited keep everybody else away. Whoever holds the supervisor's lock of the same execution knows
that there is no supervisor, and ends what holds the trainer's. Trainings without a sandbox are left alone: they may go on.
"""

import os
import signal

from process_facts import IS_LINUX

_GONE = (FileNotFoundError, ProcessLookupError, PermissionError)


def end_sandboxes_that_hold(path):
    """Kills the first process of every sandbox in which somebody has this file open; all others in it die with it. Says
    whether there was one. The caller must hold the lock that stands before this file's."""
    if not IS_LINUX:
        return False
    lock_file = os.stat(path)
    holders = [int(name) for name in os.listdir("/proc") if name.isdigit() and _has_open(name, lock_file)]
    sandboxes = {_first_of_sandbox(pid) for pid in holders} - {None}
    for first in sandboxes:
        os.kill(first, signal.SIGKILL)
    return len(sandboxes) > 0


def _has_open(pid, file):
    try:
        descriptors = os.listdir(f"/proc/{pid}/fd")
        return any(os.path.samestat(os.stat(f"/proc/{pid}/fd/{number}"), file) for number in descriptors)
    except _GONE:
        return False  # it has ended, or changed while it was looked at, or is somebody else's


def _first_of_sandbox(pid):
    """The process with the number 1 in the innermost process namespace of this one; None if that is our own namespace."""
    try:
        while (numbers := _status(pid, "NSpid"))[-1] != 1:
            pid = _status(pid, "PPid")[0]
    except _GONE:
        return None
    return pid if len(numbers) > 1 else None


def _status(pid, name):
    with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
        return next([int(word) for word in line.split()[1:]] for line in file if line.startswith(f"{name}:"))
