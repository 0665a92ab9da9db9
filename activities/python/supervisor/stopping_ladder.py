"""How a trainer is stopped: asked, asked for its stack, ended.

SIGTERM, on which a script saves a checkpoint and leaves; after the grace SIGABRT, on which Python's faulthandler prints the
stack; five seconds later SIGKILL to the whole tree. A stalled trainer is past asking, and its stack is the evidence: it
begins with SIGABRT. Memory that runs out endangers the host: that trainer is killed at once.
"""

import signal
import time

from control_files import note

_STACK_SECONDS = 5


class StoppingLadder:
    def __init__(self, tree, reason, grace_seconds):
        self._reason = reason
        now = time.monotonic()
        abort_at = now if reason == "stalled" else now + grace_seconds
        self._rungs = [
            (now, "SIGTERM to the trainer", lambda: tree.signal_trainer(signal.SIGTERM)),
            (abort_at, "SIGABRT to the trainer", lambda: tree.signal_trainer(signal.SIGABRT)),
            (abort_at + _STACK_SECONDS, "SIGKILL to all of it", tree.kill_group),
        ]
        if reason == "stalled":
            del self._rungs[0]
        if reason == "memory":
            self.kill_now()

    @property
    def is_over(self):
        return not self._rungs

    def kill_now(self):
        """Leaves out what is left of the ladder but its end."""
        if self._rungs:
            self._rungs = [(time.monotonic(), *self._rungs[-1][1:])]

    def advance(self):
        """Takes the next step if it is time for it."""
        if self._rungs and time.monotonic() >= self._rungs[0][0]:
            _at, name, act = self._rungs.pop(0)
            note(f"{self._reason}: {name}")
            act()
