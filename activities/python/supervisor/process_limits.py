"""Limits that a training's processes inherit and cannot raise."""

import resource

from process_facts import IS_LINUX


def limit_this_process(file_bytes):
    """Called in the child before it executes its program.

    No core dump: it may be larger than all the rest, and holds whatever was in memory. The limit of one byte, too small for
    any, also tells Linux not to start the host's handler of core dumps. If memory is short, the kernel ends trainings first.
    """
    _set_limit(resource.RLIMIT_CORE, 1)
    _set_limit(resource.RLIMIT_FSIZE, int(file_bytes))
    if IS_LINUX:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("1000")


def limit_processes(pid, count):
    """Linux. The limit counts the processes and threads of the user in the user namespace of the process (since Linux 5.14;
    before, all of the user's), so it is set once that namespace is there."""
    resource.prlimit(pid, resource.RLIMIT_NPROC, (int(count), int(count)))


def allow_own_descriptors():
    """This process may open as many files as the system lets it. Call it after the start of the training, which would inherit
    that: programs that use select(2) count on the lower limit."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _set_limit(kind, value):
    _soft, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))
