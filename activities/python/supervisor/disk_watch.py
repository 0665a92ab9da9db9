"""How much a work folder holds, and how much room its file system has left, against limits.

The folder is walked a few milliseconds at a time, pass after pass. Counted are allocated bytes (a sparse file takes what it
takes, a file with several links counts once) and entries. Links are never followed, not even where a folder is exchanged for
one meanwhile. Files that the training's processes hold open on this disk without a name (nameless_files.py) count as if they
lay in the folder: those that had none when the walk began, so that none counts twice; and as soon as they alone are too much,
that is said without a walk. Not counted: what is moved about behind the walk's back, and nameless files that nameless_files.py
does not cover; the free space is the net under both.
"""

import errno
import math
import os
import stat
import time

from in_mebibytes import in_mebibytes

_CALL_SECONDS = 0.005  # enough for some 1500 entries on a warm cache
_PAUSE_SECONDS = 1  # between two passes; more after one that was expensive
_PAUSE_FACTOR = 10
_MOST_LEVELS = 200  # of folders; below them nothing could be counted, so more are not allowed
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# A folder that vanished, was exchanged for something else, or cannot be read by this user.
_UNREADABLE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.EPERM, errno.ESTALE}


class DiskWatch:
    """`limits` has "workBytes", "workFiles" and "freeDiskBytes".

    `newest_change_ns`: the newest change that was found, in nanoseconds of the wall clock (ctime: a program cannot set it).
    Raises OSError if the folder cannot be opened.
    """

    def __init__(self, work_folder, limits, nameless_files):
        self.newest_change_ns = 0
        self._limits = limits
        self._nameless_files = nameless_files
        self._root = os.open(work_folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        # Some file systems give files another device than their folder has.
        self._devices = {os.fstat(self._root).st_dev}
        self._nameless_before = {}
        self._walk = None
        self._walk_seconds = 0
        self._next_walk_at = 0
        self._count = None
        self._quota_message = None
        self._free_bytes = math.inf

    def advance(self):
        """Counts on for a few milliseconds. The nameless files advance on their own."""
        file_system = os.fstatvfs(self._root)
        self._free_bytes = file_system.f_bavail * file_system.f_frsize
        nameless = self._nameless_files.on(self._devices)
        self._quota_message = self._quota_message or self._excess_of_bytes(sum(nameless.values()))
        started = time.monotonic()
        if self._quota_message or not self._has_walk(started):
            return
        is_done = self._count_until(started + _CALL_SECONDS)
        ended = time.monotonic()
        self._walk_seconds += ended - started
        if is_done:
            self._walk = None
            self._next_walk_at = ended + max(_PAUSE_SECONDS, self._walk_seconds * _PAUSE_FACTOR)

    def exceeded(self):
        """("workQuota", message), ("diskFull", message) if that is not the folder's own doing, or None."""
        if self._quota_message:
            return "workQuota", self._quota_message
        if self._is_disk_full():
            free, limit = in_mebibytes(self._free_bytes), in_mebibytes(self._limits["freeDiskBytes"])
            return "diskFull", f"the file system of the work folder has {free} left, at least {limit} must stay free"
        return None

    def _is_disk_full(self):
        return self._free_bytes < self._limits["freeDiskBytes"]

    def _has_walk(self, now):
        """Begins one if it is time. On a full disk it is: a small folder is then known to be over its limit or not."""
        if self._walk is None and (now >= self._next_walk_at or self._is_disk_full()):
            self._walk, self._walk_seconds = walk(self._root), 0
            self._count = {"bytes": 0, "entries": 0, "linked": set()}
            self._nameless_before = self._nameless_files.on(self._devices)
        return self._walk is not None

    def _count_until(self, stop_at):
        """Whether the walk is over, because all was seen or because it is too much."""
        for level, status in self._walk:
            self._count_one(level, status)
            if message := self._excess(level):
                self._quota_message = message
                self._walk.close()
                return True
            if time.monotonic() >= stop_at:
                return False
        nameless = self._nameless_files.on(self._devices)
        nameless_bytes = sum(size for place, size in nameless.items() if place in self._nameless_before)
        self._quota_message = self._excess_of_bytes(self._count["bytes"] + nameless_bytes)
        return True

    def _count_one(self, level, status):
        self.newest_change_ns = max(self.newest_change_ns, status.st_ctime_ns)
        self._count["entries"] += level > 0
        if stat.S_ISREG(status.st_mode):
            self._devices.add(status.st_dev)
        if status.st_nlink > 1 and not stat.S_ISDIR(status.st_mode):
            if status.st_ino in self._count["linked"]:
                return
            self._count["linked"].add(status.st_ino)
        self._count["bytes"] += status.st_blocks * 512

    def _excess(self, level):
        if level > _MOST_LEVELS:
            return f"the work folder has folders in folders more than {_MOST_LEVELS} levels deep"
        if self._count["entries"] > self._limits["workFiles"]:
            return f"the work folder holds more than {self._limits['workFiles']} files and folders, which is the limit"
        return self._excess_of_bytes(self._count["bytes"])

    def _excess_of_bytes(self, count):
        if count <= self._limits["workBytes"]:
            return None
        used, limit = in_mebibytes(count), in_mebibytes(self._limits["workBytes"])
        return f"the work folder, with removed files that are still open, holds {used} or more, the limit is {limit}"


def walk(root):
    """Yields (level, status) of an open folder, level 0, and of everything in it. What vanishes meanwhile is left out."""
    yield 0, os.fstat(root)
    unvisited = [()]
    while unvisited:
        parts = unvisited.pop()
        descriptor = _open_folder(root, parts)
        if descriptor is None:
            continue
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    status = _status(entry)
                    if status is None:
                        continue
                    if stat.S_ISDIR(status.st_mode):
                        unvisited.append((*parts, entry.name))
                    yield len(parts) + 1, status
        finally:
            os.close(descriptor)


def _open_folder(root, parts):
    """From folder to folder, so that no link is followed on the way; None if that fails."""
    descriptor = os.dup(root)
    for part in (".", *parts):
        try:
            deeper = os.open(part, _FOLDER, dir_fd=descriptor)
        except OSError as error:
            if error.errno in _UNREADABLE:
                return None
            raise
        finally:
            os.close(descriptor)
        descriptor = deeper
    return descriptor


def _status(entry):
    try:
        return entry.stat(follow_symlinks=False)
    except OSError as error:
        if error.errno in _UNREADABLE:
            return None
        raise
