"""The processes that descend from another one. Linux only.

The kernel tells each thread's children (proc(5); CONFIG_PROC_CHILDREN, which is usual). Where it does not, the parents of all
processes of the host are read instead. Both are snapshots: a process that comes or goes meanwhile may be missing.
"""

import os

from process_facts import parent_pid

_GONE = (FileNotFoundError, ProcessLookupError)


def descendants(pid):
    """Their pids, without the process itself; ended ones that were not yet reaped are among them."""
    find_children = children if os.path.exists(f"/proc/{pid}/task/{pid}/children") else children_by_scan()
    found, unvisited = [], [pid]
    while unvisited:
        its_children = find_children(unvisited.pop())
        found += its_children
        unvisited += its_children
    return found


def children(pid):
    """The children of all threads of a process; none if it has ended."""
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += _children_of_thread(pid, thread)
    except _GONE:
        pass
    return found


def children_by_scan():
    """The same as `children`, as a function that answers from one scan of /proc."""
    by_parent = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (parent := parent_pid(name)) is not None:
            by_parent.setdefault(parent, []).append(int(name))
    return lambda pid: by_parent.get(pid, [])


def _children_of_thread(pid, thread):
    try:
        with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
            return [int(child) for child in file.read().split()]
    except _GONE:
        return []
