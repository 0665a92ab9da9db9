"""A user namespace for sandboxes of root, so that not even their root is the host's.

bubblewrap cannot make this one itself: it maps a single user, and a sandbox of root needs two, root for opening what root may
open and the training's own. The namespace has all the users of this one, and no other can be made in it: without that, a
training could become root of a namespace of its own and reach parts of the kernel that are closed to users.
"""

import ctypes
import os

_CLONE_NEWUSER = 0x10000000  # linux/sched.h


def enter_new_user_namespace():
    """Moves this process, which must be root's and have no threads, for good. Raises OSError.

    A process cannot write the table of users of the namespace it is in, so a helper that stays behind does.
    """
    reading, writing = os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(writing)
        _copy_users_when_told(reading, os.getppid())
    os.close(reading)
    try:
        _unshare(_CLONE_NEWUSER)
        os.write(writing, b"!")
    finally:
        os.close(writing)
        _pid, status = os.waitpid(helper, 0)
    if number := os.waitstatus_to_exitcode(status):
        raise OSError(number, f"the users of a user namespace cannot be set: {os.strerror(number)}")
    with open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii") as file:
        file.write("0")


def _copy_users_when_told(reading, process):
    """Gives every user and group its own number there. Never returns; ends with the number of the error, or 0."""
    status = 0
    try:
        if os.read(reading, 1):
            for name in ("uid_map", "gid_map"):
                _copy_table(name, process)
    except OSError as error:
        status = error.errno
    finally:
        os._exit(status)


def _copy_table(name, process):
    with open(f"/proc/self/{name}", encoding="ascii") as file:
        ranges = [line.split() for line in file]
    with open(f"/proc/{process}/{name}", "w", encoding="ascii") as file:
        file.write("".join(f"{first} {first} {count}\n" for first, _outside, count in ranges))


def _unshare(flags):
    if ctypes.CDLL(None, use_errno=True).unshare(flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"a user namespace cannot be made: {os.strerror(number)}")
