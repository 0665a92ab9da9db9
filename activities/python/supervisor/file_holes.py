"""Holes in files: ranges that take no space on disk and read as zeros. Linux only: fallocate(2), lseek(2).

Elsewhere, on file systems without holes, and in a Python without ctypes, `can_punch_holes` says no.
"""

import errno
import os

from process_facts import IS_LINUX

_FALLOC_FL_KEEP_SIZE = 1  # linux/falloc.h
_FALLOC_FL_PUNCH_HOLE = 2
_CANNOT = {errno.EOPNOTSUPP, errno.ENOSYS, errno.EPERM}  # the last is what a seccomp filter says
_PROBE_BYTES = 8192


def can_punch_holes(folder):
    """Whether files in this folder can have holes: tries it with one of its own. Raises OSError if it cannot make that."""
    if not IS_LINUX or _fallocate() is None:
        return False
    probe = os.path.join(folder, f".holes.{os.getpid()}.probe")
    descriptor = os.open(probe, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.unlink(probe)
        os.truncate(descriptor, _PROBE_BYTES)
        punch_hole(descriptor, 0, _PROBE_BYTES)
    except OSError as error:
        if error.errno in _CANNOT:
            return False
        raise
    finally:
        os.close(descriptor)
    return True


def punch_hole(descriptor, start, end):
    """Frees the bytes from start to end; the size of the file stays. Raises OSError."""
    import ctypes

    mode = _FALLOC_FL_PUNCH_HOLE | _FALLOC_FL_KEEP_SIZE
    if _fallocate()(descriptor, mode, ctypes.c_int64(start), ctypes.c_int64(end - start)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"fallocate cannot free a part of a file: {os.strerror(number)}")


def next_data(descriptor, start, end):
    """(first, last + 1) of the next bytes from start on that are in no hole; (end, end) if there are none before end.

    Ask seldom: the kernel answers under a lock that a program holds while it writes to the file.
    """
    try:
        first = os.lseek(descriptor, start, os.SEEK_DATA)
    except OSError as error:
        if error.errno == errno.ENXIO:  # nothing but a hole up to the end of the file
            return end, end
        raise
    return (first, min(os.lseek(descriptor, first, os.SEEK_HOLE), end)) if first < end else (end, end)


def _fallocate():
    """The function with 64-bit offsets; None if there is none. It is glibc that gives it another name on 32-bit systems."""
    try:
        import ctypes
    except ImportError:  # some builds of Python lack it
        return None
    library = ctypes.CDLL(None, use_errno=True)
    return getattr(library, "fallocate64", None) or getattr(library, "fallocate", None)
