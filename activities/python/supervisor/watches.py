"""What the supervisor keeps an eye on while a training runs, and when that is a reason to stop it."""

import time

from contact import Contact, uptime_seconds
from disk_watch import DiskWatch
from memory_watch import MemoryWatch
from nameless_files import NamelessFiles
from output_keeper import OutputKeeper
from progress_monitor import ProgressMonitor
from usage import Usage


class Watches:
    """`usage` counts from the making on, the others from `begin` on: just before the trainer starts, because what is in its
    files by then is of earlier attempts."""

    def __init__(self, execution):
        self._control, self._spec = execution.control, execution.spec
        self.usage = Usage(execution)
        self.grace_seconds = execution.spec["graceSeconds"]

    def begin(self):
        spec = self._spec
        self._contact = Contact(self._control, uptime_seconds())
        self._progress = ProgressMonitor(spec["metricsFile"], spec["stall"], time.monotonic())
        self._nameless_files = NamelessFiles()
        self._disk = DiskWatch(spec["workFolder"], spec["limits"], self._nameless_files)
        self.memory = MemoryWatch(spec["limits"]["memoryBytes"], self._nameless_files)
        self.output = OutputKeeper(self._control, spec["outputFile"], spec["limits"]["outputBytes"])

    def advance(self):
        self.usage.advance()
        self.output.advance()
        self._nameless_files.advance()
        self._disk.advance()
        self._progress.advance(time.monotonic(), (self.output.size, self._disk.newest_change_ns))

    def finding(self):
        """(reason, message or None), or None if all is well. What endangers the host comes first."""
        if message := self.memory.exceeded():
            return "memory", message
        if found := self._disk.exceeded():
            return found
        if message := self.output.overflow():
            return "outputQuota", message
        if self.usage.remaining_seconds <= 0:
            return "deadline", None
        if message := self._unattended():
            return "unattended", message
        if message := self._progress.diverged():
            return "diverged", message
        if message := self._progress.stalled(time.monotonic()):
            return "stalled", message
        return None

    def _unattended(self):
        silence, limit = self._contact.silence_seconds(uptime_seconds()), self._spec["unattendedSeconds"]
        if silence <= limit:
            return None
        return f"no heartbeat was acknowledged for {silence:.0f} s, and {limit:g} s are allowed"
