"""What others ask of a supervisor while it runs: files in its control folder, and SIGTERM from a host that goes down."""

import os
import signal

# The reason of an end after which the execution is not finished: there is no exit.json, and the next starter goes on from the
# checkpoint.
INTERRUPTED = "interrupted"


class StopRequests:
    def __init__(self, control):
        self._stop = os.path.join(control, "stop")
        self._interrupt = os.path.join(control, "interrupt")
        self._is_terminated = _catch_signals()

    def finding(self):
        """(reason, message), or None if nobody has asked for anything."""
        if os.path.exists(self._stop):
            return "stopped", None
        if self._is_terminated() or os.path.exists(self._interrupt):
            return INTERRUPTED, None
        return None


def forget_interruption(control):
    """An interruption is of one attempt. Call it under the lock, and once there is no trainer."""
    try:
        os.unlink(os.path.join(control, "interrupt"))
    except FileNotFoundError:
        pass  # nobody has asked for one


def _catch_signals():
    """Returns a function that tells whether SIGTERM came. SIGHUP and SIGINT do nothing.

    They have handlers because a signal that is ignored stays ignored in the trainer.
    """
    received = []
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    signal.signal(signal.SIGTERM, lambda _number, _frame: received.append(True))
    return lambda: bool(received)
