"""A control group for the memory of a training (cgroup v2), where the host has delegated one.

The kernel keeps such a group within its limit to the byte and ends the whole of it otherwise (memory.oom.group), and counts
what no watch from outside can see. It is made beside the supervisor's own group, which systemd does with
`Delegate=yes` and `DelegateSubgroup=`: only there may a process that is not root make one, and only where memory is handed
down already (cgroup.subtree_control), since handing it down would change a group that is not ours. Everywhere else there is
none, and memory_watch.py alone watches.

Files and rules: https://docs.kernel.org/admin-guide/cgroup-v2.html (Delegation, Memory Interface Files).
"""

import os
import time

from control_files import note
from process_facts import is_running, start_time

_PREFIX = "longrun-"
_REMOVING_SECONDS = 2


def make_memory_group(limit_bytes, own_groups="/proc/self/cgroup", mounts="/proc/self/mounts"):
    """Returns a MemoryGroup with nothing in it yet, or None where the host has delegated none."""
    try:
        parent = _delegated_parent(_read(own_groups), _read(mounts))
        if parent is None:
            return None
        _remove_left_over(parent)
        folder = os.path.join(parent, f"{_PREFIX}{os.getpid()}-{start_time(os.getpid())}")
        os.mkdir(folder)
    except OSError as error:
        note(f"no control group for the memory: {error}")
        return None
    group = MemoryGroup(folder)
    try:
        group.limit(limit_bytes)
    except OSError as error:
        note(f"no control group for the memory: {error}")
        group.remove()
        return None
    return group


class MemoryGroup:
    def __init__(self, folder):
        self._folder = folder

    def limit(self, limit_bytes):
        """Swap would only be a slower way to use up the host."""
        self._write("memory.max", int(limit_bytes))
        self._write("memory.oom.group", 1)
        if os.path.exists(self._path("memory.swap.max")):
            self._write("memory.swap.max", 0)

    def add(self, *pids):
        """They and what they start from now on are in it. Raises ProcessLookupError for one that has ended."""
        for pid in pids:
            self._write("cgroup.procs", pid)

    def excess(self):
        """A message if the kernel has ended processes of it because of the limit; None otherwise."""
        try:
            events = dict(line.split() for line in _read(self._path("memory.events")).splitlines())
            limit = _read(self._path("memory.max")).strip()
        except OSError as error:
            note(f"the control group cannot be read: {error}")
            return None
        if events.get("oom_kill", "0") == "0":
            return None
        return f"the kernel ended it at {limit} bytes, the limit of its control group"

    def remove(self):
        """Ends what may be left in it. A group that the kernel still clears up stays for the next supervisor to remove."""
        give_up_at = time.monotonic() + _REMOVING_SECONDS
        while True:
            try:
                if os.path.exists(self._path("cgroup.kill")):
                    self._write("cgroup.kill", 1)
                os.rmdir(self._folder)
                return
            except FileNotFoundError:
                return
            except OSError as error:
                if time.monotonic() > give_up_at:
                    note(f"a control group is left over: {error}")
                    return
                time.sleep(0.05)

    def _write(self, name, value):
        with open(self._path(name), "w", encoding="ascii") as file:
            file.write(f"{value}\n")

    def _path(self, name):
        return os.path.join(self._folder, name)


def _delegated_parent(own_groups, mounts):
    """The folder of the group above our own if memory is handed down there and we may use it; None otherwise."""
    mount = next((fields[1] for line in mounts.splitlines() if (fields := line.split())[2] == "cgroup2"), None)
    group = next((line[3:] for line in own_groups.splitlines() if line.startswith("0::")), None)
    if mount is None or group in (None, "/"):
        return None
    parent = os.path.dirname(mount + group)
    handed_down = os.path.join(parent, "cgroup.subtree_control")
    if not os.path.exists(handed_down) or "memory" not in _read(handed_down).split():
        return None
    may_use = os.access(parent, os.W_OK) and os.access(os.path.join(parent, "cgroup.procs"), os.W_OK)
    return parent if may_use else None


def _remove_left_over(parent):
    """Groups of supervisors that were killed: a group can be removed only when nothing is in it."""
    for name in os.listdir(parent):
        pid, _, started = name.removeprefix(_PREFIX).partition("-")
        if name.startswith(_PREFIX) and pid.isdigit() and not is_running(int(pid), started):
            try:
                os.rmdir(os.path.join(parent, name))
            except OSError:
                pass  # something of it lives on, for example a training without a sandbox


def _read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()
