"""When the outside was last heard of: a training that nobody can hear of any more must not use a GPU for ever.

CONTROL/contact holds one number: the seconds of the host's uptime clock at which the last acknowledged heartbeat was sent. It
is written before the supervisor is asked, so it counts even if it lies before the start: otherwise each restart on a host that
is cut off would give another full allowance. Without a file, and if it holds garbage, a negative number or one in the future,
the start counts: somebody asked for it. After a restart of the host the clock begins anew: a number that is not in the future
then is taken for one of this boot.
"""

import math
import os
import time

from process_facts import IS_LINUX

_LONGEST_NUMBER = 64  # bytes


def uptime_seconds():
    """A clock that nobody can set and that every process of the host shares; on Linux it counts time asleep as well."""
    if not IS_LINUX:
        return time.monotonic()
    with open("/proc/uptime", encoding="ascii") as file:
        return float(file.read().split()[0])


class Contact:
    """`now` is of the uptime clock, here and in the call."""

    def __init__(self, control, now):
        self._path = os.path.join(control, "contact")
        self._started_at = now

    def silence_seconds(self, now):
        heard_at = self._read()
        return now - (heard_at if 0 <= heard_at <= now else self._started_at)

    def _read(self):
        """Not a number unless the file holds one."""
        try:
            with open(self._path, "rb") as file:
                return float(file.read(_LONGEST_NUMBER))
        except (OSError, ValueError):
            return math.nan
