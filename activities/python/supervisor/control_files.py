"""Files of a control folder: JSON that is written whole or not at all, and notes for people."""

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
    flush_folder(os.path.dirname(path))


def claim_json(path, value):
    """Writes the file only if there is none yet, and returns what it holds now: of several callers one wins."""
    if (present := read_json(path)) is not None:
        return present
    unfinished = _write_unfinished(path, value)
    try:
        os.link(unfinished, path)
        flush_folder(os.path.dirname(path))
    except FileExistsError:
        pass  # somebody was first, and what they wrote counts
    finally:
        os.unlink(unfinished)
    return read_json(path)


def flush_folder(path):
    """Makes the names in a folder survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
