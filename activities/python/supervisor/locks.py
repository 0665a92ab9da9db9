"""Locks of executions and slots: BSD locks (flock) on files that stay empty. Local file systems only.

A BSD lock belongs to the open file description: a forked process, or a child that inherits the descriptor, holds it as well,
and the kernel frees it when the last of them is gone. Whoever holds a descriptor may also unlock it, so a lock that a hostile
program inherits proves nothing. Nobody may write to them, since a program can open again what it inherits (/proc/self/fd). The
owner of a file can change its mode all the same: a hostile program of the same user that does has one more file, as large as
its limit on files lets it, which no watch counts. Hence each lock is a pair: `<path>` is held by the supervisor,
`<path>.trainer` by the trainer, and whoever wants the lock must get both.
"""

import fcntl
import os
import stat
import time
from typing import NamedTuple

_MODE = 0o444


class LockPair(NamedTuple):
    """Two descriptors, and the duty to close them."""

    supervisor: int
    trainer: int


def try_lock_pair(path, make_free=None):
    """Takes both or neither: returns a LockPair, or None if another process holds one of them. Does not wait for it.

    `make_free` is called with the trainer's file if it is held though no supervisor holds the other. If it says that it has
    ended somebody, that file is tried for a second more.
    """
    if (supervisor := _try_lock(path)) is None:
        return None
    trainer = _try_lock(f"{path}.trainer")
    if trainer is None and make_free is not None and make_free(f"{path}.trainer"):
        trainer = _try_for_a_second(f"{path}.trainer")
    if trainer is None:
        os.close(supervisor)
        return None
    return LockPair(supervisor, trainer)


def close_pair(pair):
    for descriptor in pair:
        os.close(descriptor)


def _try_lock(path):
    descriptor = _open_lock_file(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _try_for_a_second(path):
    give_up_at = time.monotonic() + 1
    while (descriptor := _try_lock(path)) is None and time.monotonic() < give_up_at:
        time.sleep(0.01)
    return descriptor


def _open_lock_file(path):
    """Opens for reading and creates only what is missing: users share locks, and a lock needs no write permission."""
    while True:
        try:
            return _closed_to_writers(os.open(path, os.O_RDONLY))
        except FileNotFoundError:
            pass
        except PermissionError:
            os.chmod(path, _MODE)  # a trainer may change the mode of what it inherits; only the file's owner gets past here
            continue
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL, _MODE)
        except FileExistsError:
            continue
        os.fchmod(descriptor, _MODE)
        return descriptor


def _closed_to_writers(descriptor):
    """A file of our own may have been made writable by an earlier version or by a trainer."""
    status = os.fstat(descriptor)
    if status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) != _MODE:
        os.fchmod(descriptor, _MODE)
    return descriptor
