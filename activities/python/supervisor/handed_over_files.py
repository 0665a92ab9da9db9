"""The files that a training is given and may have spoilt in an earlier attempt: its work folder and its output.

It owns them, or has them open, so it can take every right away from them. Links are never followed.
"""

import os
import stat

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LEVELS = 50


def open_up(path, rights):
    """Gives the owner these rights (0o700 for a folder, 0o600 for a file) if there is such a file or folder and he lacks them.
    Only he, or root, can do so: for others it stays as it is."""
    try:
        mode = os.lstat(path).st_mode
        if not stat.S_ISLNK(mode) and mode & rights != rights:
            os.chmod(path, stat.S_IMODE(mode) | rights)
    except (FileNotFoundError, PermissionError):
        pass  # whoever opens it says what is wrong with it


def give_folder(folder, user):
    """Makes the user the owner of the folder and of all in it down to 50 levels; what lies deeper the training has made.

    For root. A file with several names keeps its owner unless it is the user's already: its other names may lie elsewhere.
    """
    descriptor = os.open(folder, _FOLDER)
    try:
        os.fchown(descriptor, user, user)
        _give_content(descriptor, user, _LEVELS)
    finally:
        os.close(descriptor)


def _give_content(folder, user, levels):
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            is_folder = stat.S_ISDIR(status.st_mode)
            if status.st_uid != user and (is_folder or status.st_nlink == 1):
                os.chown(name, user, user, dir_fd=folder, follow_symlinks=False)
            if not is_folder or levels == 0:
                continue
            descriptor = os.open(name, _FOLDER, dir_fd=folder)
        except FileNotFoundError:
            continue  # somebody has removed it meanwhile
        try:
            _give_content(descriptor, user, levels - 1)
        finally:
            os.close(descriptor)
