"""A trainer without a sandbox whose supervisor was killed: it goes on, and holds its locks, but nobody stops it any more.

So whoever asks for the execution, and by holding the supervisor's half of CONTROL/lock knows that there is no supervisor, stops
it in its place: when CONTROL/stop or CONTROL/interrupt is there, or the deadline is over. That takes as long as the ladder
(stopping_ladder.py). The other limits are not watched then, and nobody learns its exit status.

Of its processes those end that are in its session or descend from one that is: what has left its session and lost its parents
before that is not found. Elsewhere than on Linux only its process group ends.
"""

import os
import signal
import time

from control_files import note, read_json
from exit_record import write_exit
from output_keeper import OutputKeeper
from process_descendants import descendants
from process_facts import IS_LINUX, boot_id, is_running, start_time
from stop_requests import INTERRUPTED
from stopping_ladder import StoppingLadder
from usage import seconds_since_writing, used_seconds, write_seconds

_POLL_SECONDS = 0.05
_KILLING_SECONDS = 10


class UnwatchedTrainer:
    """`reason`: why it was ended ("stopped", "deadline" or INTERRUPTED), None if it was not."""

    def __init__(self, control, spec):
        self.reason = None
        self._control, self._spec = control, spec
        self._state = None
        self._members = {}  # pid: start time

    def is_running(self):
        """Also one that let go of the lock it inherited. Like the rest, ask it under the supervisor's half of the lock."""
        self._state = self._state or read_json(os.path.join(self._control, "state.json"))
        if self._state is None or self._state["bootId"] != boot_id():
            return False
        return is_running(self._state["trainer"]["pid"], self._state["trainer"]["startTime"])

    def end_if_it_must(self):
        """Returns whether it has ended it."""
        if not self.is_running() or self._state["sandbox"] != "off":
            return False
        used = used_seconds(self._control) + seconds_since_writing(self._control, self._state["startedAt"])
        reason = self._reason_to_end(used)
        if reason is None:
            return False
        started = time.monotonic()
        if not self._end(reason):
            return False
        self.reason = reason
        write_seconds(self._control, used + time.monotonic() - started)
        return True

    def write_exit(self):
        """exit.json of the trainer that was ended; returns what it holds."""
        state = self._state
        record = {"code": None, "signal": None, "reason": self.reason}
        record |= {"startedAt": state["startedAt"], "endedAt": time.time()}
        record |= {"seconds": round(used_seconds(self._control), 3), "peakMemoryBytes": 0, "attempt": state["attempt"]}
        record |= {"droppedOutputBytes": self._finish_output(), "slots": state["slots"], "sandbox": state["sandbox"]}
        record |= {"message": "its supervisor was lost, so whoever asked next has ended it: nobody knows its exit status"}
        write_exit(self._control, record)
        return record

    def signal_trainer(self, number):
        _signal(self._state["trainer"]["pid"], self._state["trainer"]["startTime"], number)

    def kill_group(self):
        self._find_members()
        for pid, started in self._members.items():
            _signal(pid, started, signal.SIGKILL)
        if not IS_LINUX:
            _kill_group(self._state["trainer"]["pid"])

    def _reason_to_end(self, used):
        if os.path.exists(os.path.join(self._control, "stop")):
            return "stopped"
        if used >= self._spec["deadlineSeconds"]:
            return "deadline"
        return INTERRUPTED if os.path.exists(os.path.join(self._control, "interrupt")) else None

    def _end(self, reason):
        """False if SIGKILL does not end it all."""
        ladder = StoppingLadder(self, reason, self._spec["graceSeconds"])
        while self.is_running() and not ladder.is_over:
            self._find_members()
            ladder.advance()
            time.sleep(_POLL_SECONDS)
        give_up_at = time.monotonic() + _KILLING_SECONDS
        while self._is_anything_left() and time.monotonic() < give_up_at:
            self.kill_group()
            time.sleep(_POLL_SECONDS)
        return not self._is_anything_left()

    def _is_anything_left(self):
        return self.is_running() or any(is_running(pid, started) for pid, started in self._members.items())

    def _find_members(self):
        """Remembers them by their start times: some lose their parents on the way, and a pid is used again."""
        if not IS_LINUX:
            return
        leader = self._state["trainer"]["pid"]
        known = [pid for pid, started in self._members.items() if is_running(pid, started)]
        # As long as the session has one that is known, its number is no other's.
        session = _session(leader) if self.is_running() or leader in map(_session_of, known) else []
        for root in {*known, *session}:
            for pid in (root, *descendants(root)):
                if pid not in known and (started := start_time(pid)) is not None:
                    self._members[pid] = started

    def _finish_output(self):
        """Makes a readable file of the output; returns how many bytes of it were dropped."""
        try:
            keeper = OutputKeeper(self._control, self._spec["outputFile"], self._spec["limits"]["outputBytes"])
            keeper.finish()
        except OSError as error:
            note(f"the output keeps its holes: {error}")
            return 0
        return keeper.dropped_bytes


def _session(leader):
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and _session_of(int(name)) == leader]


def _session_of(pid):
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def _signal(pid, started, number):
    """To the process that was started then, and to no other that has its pid now."""
    try:
        if not IS_LINUX:
            if is_running(pid, started):
                os.kill(pid, number)
            return
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if is_running(pid, started):
            signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        pass  # it has ended in this moment
    finally:
        os.close(descriptor)


def _kill_group(leader):
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS says "not permitted" when only ended processes are left
        pass
