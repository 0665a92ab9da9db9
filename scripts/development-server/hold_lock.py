"""python -I -S hold_lock.py LOCKFILE COMMAND ARGUMENT...

Takes the lock on LOCKFILE and becomes COMMAND. The command inherits the locked descriptor, so that the lock lives exactly
as long as the command does, however it ends. LOCKFILE then holds the process id of its holder.

Exit status 75 (EX_TEMPFAIL) when somebody else holds the lock. Without a COMMAND: 0 when nobody holds it.
"""

import fcntl
import os
import sys

LOCK_IS_HELD = 75


def main(lock_file: str, command: list[str]) -> int:
    descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return LOCK_IS_HELD
    if not command:
        return 0
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    os.set_inheritable(descriptor, True)
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
