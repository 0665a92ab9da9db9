"""Files of a control folder: JSON that is written whole or not at all, locks, and notes for people.

Locks are BSD locks (flock): they belong to the open file, so a forked process or a child that inherits the descriptor holds
the lock as well, and the kernel frees it when the last of them is gone. Local file systems only.
"""

import fcntl
import json
import os
import time


def read_json(path):
    """The value in the file, or None if there is no file. Raises ValueError naming the file if it is not JSON."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ValueError(f"{path} is not JSON ({error}); move the control folder away to start afresh") from None


def write_json(path, value):
    """Replaces the file atomically; on return it is on disk, and so is its name."""
    unfinished = _write_unfinished(path, value)
    os.replace(unfinished, path)
    _flush_folder(path)


def claim_json(path, value):
    """Writes the file only if there is none yet, and returns what it holds now: of several callers one wins."""
    if (present := read_json(path)) is not None:
        return present
    unfinished = _write_unfinished(path, value)
    try:
        os.link(unfinished, path)
        _flush_folder(path)
    except FileExistsError:
        pass  # somebody was first, and what they wrote counts
    finally:
        os.unlink(unfinished)
    return read_json(path)


def try_lock(path):
    """Takes the lock without waiting: returns the descriptor that holds it, or None if another process holds it."""
    descriptor = _open_lock_file(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def note(message):
    """Adds a line to the supervisor's log (its stderr)."""
    try:
        os.write(2, f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {message}\n".encode())
    except OSError:
        pass  # a full disk under the log is no reason to give up a training, and there is nowhere else to say so


def _write_unfinished(path, value):
    unfinished = f"{path}.{os.getpid()}.unfinished"
    with open(unfinished, "w", encoding="utf-8") as file:
        json.dump(value, file)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    return unfinished


def _flush_folder(path):
    descriptor = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_lock_file(path):
    """Opens for reading and creates only what is missing: users share locks, and a lock needs no write permission."""
    while True:
        try:
            return os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            pass
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            continue
        os.fchmod(descriptor, 0o644)
        return descriptor
