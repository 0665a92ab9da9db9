"""A sleep that ends early when a child has ended or a signal has come. For the main thread of a process."""

import os
import select
import signal
import time

_SHORTEST_SECONDS = 0.02  # a training may start and end processes as fast as it can


class SignalSleep:
    def __init__(self):
        self._bell, writing = os.pipe()
        for descriptor in (self._bell, writing):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # without a handler it does not ring

    def sleep(self, seconds):
        time.sleep(_SHORTEST_SECONDS)
        if select.select([self._bell], [], [], max(0, seconds - _SHORTEST_SECONDS))[0]:
            os.read(self._bell, 4096)
