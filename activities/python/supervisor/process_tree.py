"""The processes of one training: the trainer, and whatever it starts.

On Linux the supervisor is a child subreaper: a process whose parent ends becomes the supervisor's child, whatever session it
has moved to. So nothing escapes. Elsewhere only the trainer's process group is ended: a process that moved to a session of
its own survives there.
"""

import contextlib
import errno
import os
import signal
import subprocess
import time

from control_files import note
from process_descendants import children_by_scan, descendants
from process_facts import IS_LINUX, is_running, start_time

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_KILLING_SECONDS = 10
_NO_DESCRIPTORS = {errno.EMFILE, errno.ENFILE}
_SPARE_DESCRIPTORS = 16  # for what is read and written while the tree is paused


def become_subreaper():
    """Makes this process the parent of its orphaned descendants; returns whether the system can do that."""
    if not IS_LINUX:
        return False
    try:
        import ctypes
    except ImportError as error:  # some builds of Python lack it
        note(f"no child subreaper: {error}")
        return False
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        note(f"no child subreaper: {os.strerror(ctypes.get_errno())}")
        return False
    return True


class ProcessTree:
    """Starts a command in a session of its own (Popen's arguments) and looks after it and all its descendants.

    `trainer` is {"pid", "startTime"} of the process that signals are meant for: the one that was started, until somebody
    sets another. `sandbox_pid` is the first process of the sandbox, likewise. `status` is the wait status of the one that
    was started, None before its end. `peak_memory_bytes` is the largest resident set of any single process of the tree that has
    been reaped (getrusage(2)); it is never below the supervisor's own (about 11 MB), from which the command is forked. Raises
    what Popen raises.
    """

    def __init__(self, command, popen_arguments):
        self._is_subreaper = become_subreaper()
        self._process = subprocess.Popen(command, start_new_session=True, **popen_arguments)
        self.pid = self._process.pid
        self.trainer = {"pid": self.pid, "startTime": start_time(self.pid)}
        self.sandbox_pid = None
        self.status = None
        self.peak_memory_bytes = 0

    def reap(self):
        """Takes note of every process of the tree that has ended. Never waits."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.peak_memory_bytes = max(self.peak_memory_bytes, usage.ru_maxrss * (1024 if IS_LINUX else 1))
            if pid == self.pid:
                self.status = status
                self._process.returncode = os.waitstatus_to_exitcode(status)

    def signal_trainer(self, number):
        if self.status is not None or not is_running(self.trainer["pid"], self.trainer["startTime"]):
            return
        try:
            os.kill(self.trainer["pid"], number)
        except ProcessLookupError:
            pass  # it has ended in this moment

    @contextlib.contextmanager
    def paused(self):
        """Stops every process of the tree meanwhile; if there are more than this process can open descriptors for, as many as it
        can, less a few that it needs itself. Linux; elsewhere it does nothing."""
        processes = self._open_descendants() if IS_LINUX else []
        try:
            _signal_each(processes, signal.SIGSTOP)
            yield
        finally:
            _signal_each(processes, signal.SIGCONT)
            for process in processes:
                os.close(process)

    def _open_descendants(self):
        """A descriptor names a process for good. What is a descendant still, after it was opened, is ours."""
        opened = _open_processes(descendants(os.getpid()))
        ours = set(descendants(os.getpid()))
        for pid, descriptor in opened.items():
            if pid not in ours:
                os.close(descriptor)
        return [descriptor for pid, descriptor in opened.items() if pid in ours]

    def kill_group(self):
        """SIGKILL to what was started and all that stayed in its process group. A sandbox dies with what started it."""
        if self.status is None:
            os.killpg(self.pid, signal.SIGKILL)

    def kill_all(self):
        """SIGKILL to whatever is left of the tree; returns the pids that are still there after ten seconds.

        Killing a child hands its children to the supervisor, so the rounds come down the whole tree.
        """
        self.kill_group()
        if not self._is_subreaper:
            self._kill_group_of_ended_trainer()
            return []
        give_up_at = time.monotonic() + _KILLING_SECONDS
        while remaining := children_by_scan()(os.getpid()):
            if time.monotonic() > give_up_at:
                return remaining
            for pid in remaining:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
            self.reap()
        return []

    def _kill_group_of_ended_trainer(self):
        while self.status is None:
            time.sleep(0.01)
            self.reap()
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # macOS says "not permitted" when only ended processes are left
            pass


def _open_processes(pids):
    """{pid: descriptor}, without those that have ended. When there are no more descriptors, a few are given back and the rest
    of the processes is left out."""
    opened = {}
    for pid in pids:
        try:
            opened[pid] = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        except OSError as error:
            if error.errno not in _NO_DESCRIPTORS:
                raise
            for _ in range(min(_SPARE_DESCRIPTORS, len(opened))):
                os.close(opened.popitem()[1])
            break
    return opened


def _signal_each(processes, number):
    for process in processes:
        try:
            signal.pidfd_send_signal(process, number)
        except ProcessLookupError:
            pass  # it has ended meanwhile
