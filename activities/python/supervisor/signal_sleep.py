"""A sleep that ends early when a child has ended or a signal has come. For the main thread of a process."""

import os
import select
import signal
import time

_SLICE_SECONDS = 0.02  # not shorter: a training may start and end processes as fast as it can


class SignalSleep:
    def __init__(self):
        self._bell, writing = os.pipe()
        for descriptor in (self._bell, writing):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # without a handler it does not ring

    def sleep(self, seconds, is_urgent=lambda: False):
        """Ends early, too, when `is_urgent`, which is asked every few hundredths of a second, holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not is_urgent():
            time.sleep(_SLICE_SECONDS)
            if select.select([self._bell], [], [], 0)[0]:
                os.read(self._bell, 4096)
                return
