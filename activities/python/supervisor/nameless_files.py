"""Files without a name that the processes which descend from this one hold open: removed ones, those that were made without a
name (O_TMPFILE), and files in memory (memfd_create). They take disk or memory, and no walk of a folder finds them. Linux only.

The descriptors are looked at through /proc/<pid>/fd a few milliseconds at a time, pass after pass: some thousand in a call, so
a program that holds a hundred thousand of them open is known only after many calls. Counted are allocated bytes, each file
once however many descriptors it has.

Not covered: what has no descriptor in a process (a mapping whose descriptor was closed, a descriptor that waits in a socket,
System V shared memory that nobody has attached), files in huge pages, and the descriptors that this user may not read: those
of a program that has made itself undumpable (prctl), where the supervisor is not root.
"""

import os
import stat
import time

from process_descendants import descendants
from process_facts import IS_LINUX

_CALL_SECONDS = 0.005
_PAUSE_SECONDS = 0.3  # between two passes; more after one that was expensive
_PAUSE_FACTOR = 10
_NOT_READABLE = (FileNotFoundError, ProcessLookupError, PermissionError)


class NamelessFiles:
    def __init__(self):
        self._found = {}  # by the last whole pass
        self._seen = {}  # by the one that goes on
        self._pass = None
        self._pass_seconds = 0
        self._next_pass_at = 0

    def advance(self):
        """Looks on for a few milliseconds."""
        started = time.monotonic()
        if not IS_LINUX or (self._pass is None and started < self._next_pass_at):
            return
        if self._pass is None:
            self._pass, self._pass_seconds = _nameless_files(), 0
        is_done = self._look_until(started + _CALL_SECONDS)
        ended = time.monotonic()
        self._pass_seconds += ended - started
        if is_done:
            self._found, self._seen, self._pass = self._seen, {}, None
            self._next_pass_at = ended + max(_PAUSE_SECONDS, self._pass_seconds * _PAUSE_FACTOR)

    def on(self, devices):
        """{(device, inode): allocated bytes} of those on the devices (st_dev): by the last whole pass, or by the one that goes
        on once that has found more."""
        passes = (self._found, self._seen)
        on_devices = [{place: size for place, size in found.items() if place[0] in devices} for found in passes]
        return max(on_devices, key=lambda found: sum(found.values()))

    def _look_until(self, stop_at):
        """Whether the pass is over."""
        for status in self._pass:
            if status is not None:
                self._seen[status.st_dev, status.st_ino] = status.st_blocks * 512
            if time.monotonic() >= stop_at:
                return False
        return True


def memory_devices():
    """The devices (st_dev) of files in memory: those of memfd_create, and of the file systems in memory that this process
    sees. A sandbox has others of its own."""
    if not IS_LINUX:
        return set()
    probe = os.memfd_create("probe")
    try:
        devices = {os.fstat(probe).st_dev}
    finally:
        os.close(probe)
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            mount, _, file_system = line.partition(" - ")
            if file_system.startswith("tmpfs "):
                devices.add(os.makedev(*map(int, mount.split()[2].split(":"))))
    return devices


def _nameless_files():
    """Yields the status of each, and None for every other descriptor."""
    for pid in descendants(os.getpid()):
        try:
            with os.scandir(f"/proc/{pid}/fd") as descriptors:
                for descriptor in descriptors:
                    yield _status_if_nameless(descriptor.path)
        except _NOT_READABLE:
            continue  # it has ended, or its descriptors may not be read


def _status_if_nameless(path):
    try:
        status = os.stat(path)
    except OSError:  # closed meanwhile, or of a file system that does not answer
        return None
    return status if stat.S_ISREG(status.st_mode) and status.st_nlink == 0 else None
