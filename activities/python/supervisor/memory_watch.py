"""How much memory the processes that descend from this one use together, against a limit. Linux only, by /proc.

Counted is the resident set of each process: cheap, but pages that forked workers share count once for each of them. So only
when that sum passes the limit the proportional set sizes (Pss, which divides a shared page among its users) decide. Where
another user's may not be read, its resident set counts. Not counted: files in /dev/shm that no process has mapped, the page
cache, memory on a GPU. Elsewhere than on Linux nothing is counted and `exceeded` is always None.
"""

import os
import time

from process_descendants import descendants
from process_facts import IS_LINUX

_GONE = (FileNotFoundError, ProcessLookupError)
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_PAUSE_FACTOR = 10  # reading Pss walks the page tables: a tenth of the time may go there


class MemoryWatch:
    """`peak_bytes`: the largest sum that `exceeded` has found so far; a peak between two calls is missed."""

    def __init__(self, limit_bytes):
        self.peak_bytes = 0
        self._limit_bytes = limit_bytes
        self._next_exact_at = 0

    def exceeded(self):
        """A message if the processes use more than the limit now; None otherwise."""
        if not IS_LINUX:
            return None
        resident = {pid: _resident_bytes(pid) for pid in descendants(os.getpid())}
        used = sum(resident.values())
        if used > self._limit_bytes:
            used = self._exact(resident)
        self.peak_bytes = max(self.peak_bytes, used)
        if used <= self._limit_bytes:
            return None
        return f"its processes use {_mebibytes(used)} of memory, the limit is {_mebibytes(self._limit_bytes)}"

    def _exact(self, resident):
        """0 while it is too early to ask again."""
        started = time.monotonic()
        if started < self._next_exact_at:
            return 0
        used = sum(_proportional_bytes(pid, otherwise) for pid, otherwise in resident.items())
        ended = time.monotonic()
        self._next_exact_at = ended + (ended - started) * _PAUSE_FACTOR
        return used


def _resident_bytes(pid):
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE_BYTES
    except _GONE:
        return 0


def _proportional_bytes(pid, otherwise):
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            lines = [line.split() for line in file if line.startswith(b"Pss:")]
    except _GONE:  # also of a process that has ended, and of one without memory of its own
        return 0
    except PermissionError:
        return otherwise
    return sum(int(line[1]) * 1024 for line in lines)


def _mebibytes(count):
    return f"{count / 2**20:.0f} MiB"
