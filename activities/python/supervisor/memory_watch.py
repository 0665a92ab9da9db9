"""How much memory the processes that descend from this one use together, against a limit. Linux only, by /proc.

Counted is the resident set of each process: cheap, but pages that forked workers share count once for each of them. So only
when the sum passes the limit the proportional set sizes (Pss, which divides a shared page among its users) decide. Where
another user's may not be read, its resident set counts. To it comes what no process has mapped: files in memory that have no
name (nameless_files.py), and what the sandbox's own /dev/shm and /tmp hold.

A file in memory that is mapped as well counts twice, in the resident set and as a file. So a program that keeps all its memory
in mapped files is ended at half the limit: better that than a host without memory. Not counted: the page cache, a GPU's memory,
and what nameless_files.py does not cover. Elsewhere than on Linux nothing is counted and `exceeded` is always None.
"""

import os
import time

from in_mebibytes import in_mebibytes
from nameless_files import memory_devices
from process_descendants import descendants
from process_facts import IS_LINUX

_GONE = (FileNotFoundError, ProcessLookupError)
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_PAUSE_FACTOR = 10  # reading Pss walks the page tables: a tenth of the time may go there
_SANDBOX_FOLDERS = ("dev/shm", "tmp")


class MemoryWatch:
    """`peak_bytes`: the largest sum that `exceeded` has found so far; a peak between two calls is missed."""

    def __init__(self, limit_bytes, nameless_files):
        self.peak_bytes = 0
        self._limit_bytes = limit_bytes
        self._nameless_files = nameless_files
        self._memory_devices = memory_devices()
        self._sandbox_pid = None
        self._next_exact_at = 0

    def count_sandbox(self, pid):
        """From now on the memory folders of the sandbox with this first process count; None if there is no sandbox."""
        self._sandbox_pid = pid

    def exceeded(self):
        """A message if the processes use more than the limit now; None otherwise."""
        if not IS_LINUX:
            return None
        resident = {pid: _resident_bytes(pid) for pid in descendants(os.getpid())}
        in_files = self._bytes_in_files()
        used = sum(resident.values()) + in_files
        if used > self._limit_bytes:
            used = self._exact(resident, in_files)
        self.peak_bytes = max(self.peak_bytes, used)
        if used <= self._limit_bytes:
            return None
        return f"its processes use {in_mebibytes(used)} of memory, the limit is {in_mebibytes(self._limit_bytes)}"

    def _bytes_in_files(self):
        folders = [] if self._sandbox_pid is None else [f"/proc/{self._sandbox_pid}/root/{name}" for name in _SANDBOX_FOLDERS]
        in_folders = sum(_used_bytes(folder) for folder in folders)
        return in_folders + sum(self._nameless_files.on(self._memory_devices).values())

    def _exact(self, resident, in_files):
        """0 while it is too early to ask again."""
        started = time.monotonic()
        if started < self._next_exact_at:
            return 0
        used = sum(_proportional_bytes(pid, otherwise) for pid, otherwise in resident.items())
        ended = time.monotonic()
        self._next_exact_at = ended + (ended - started) * _PAUSE_FACTOR
        return used + in_files


def _used_bytes(folder):
    """Of its whole file system. 0 if the sandbox has ended."""
    try:
        file_system = os.statvfs(folder)
    except (*_GONE, PermissionError):
        return 0
    return (file_system.f_blocks - file_system.f_bfree) * file_system.f_frsize


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
