"""Real executions for the tests: a folder, the supervisor's command, and the end of whatever is left of it."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

from callers import HARNESS_FOLDER, SUPERVISOR_FOLDER, own_caller

sys.path.append(str(SUPERVISOR_FOLDER))

from process_descendants import descendants  # noqa: E402
from process_facts import is_running, start_time  # noqa: E402

LIMITS = {"memoryBytes": 2**30, "processes": 64, "workBytes": 2**30, "workFiles": 10_000, "fileBytes": 2**30}
LIMITS |= {"freeDiskBytes": 0, "outputBytes": 2**26}
STALL = {"quietSeconds": 60, "stepFactor": 10, "firstStepSeconds": 60}


def wait_until(condition, what):
    """Returns the first true value of the condition; fails after half a minute."""
    give_up_at = time.monotonic() + 30
    while time.monotonic() < give_up_at:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain until {what}")


def run_to_end(command, **arguments):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **arguments)


class SupervisedExecution:
    """One control folder, its work folder and its spec; the test ends what it has started.

    `caller` starts the supervisor. `sandbox` is None, or changes to the caller's sandbox; the other changes are the spec's.
    """

    def __init__(self, test, script, caller=None, sandbox=None, **changes):
        folder = tempfile.TemporaryDirectory(prefix="longrun-test-")
        test.addCleanup(folder.cleanup)
        self.caller = caller or own_caller()
        self.folder = Path(folder.name)
        self.control, self.work = Path(folder.name, "control"), Path(folder.name, "work")
        self.work.mkdir()
        Path(self.work, "train.py").write_text(textwrap.dedent(script))
        shutil.copy(HARNESS_FOLDER / "longrun.py", self.work)
        self.caller.own(folder.name, self.work, *self.work.iterdir())
        self.output = Path(folder.name, "output.txt")
        self.spec = self._spec(None if sandbox is None else self.caller.sandbox(**sandbox)) | changes
        test.addCleanup(self._end_what_is_left)

    def _spec(self, sandbox):
        work = str(self.work) if sandbox is None else "/work"
        environment = {"PYTHONFAULTHANDLER": "1", "PYTHONDONTWRITEBYTECODE": "1", "LONGRUN_OUTPUT": work}
        return {
            "identity": "script-1",
            "command": [self.caller.python, "-u", "train.py"],
            "workFolder": str(self.work),
            "environment": environment,
            "outputFile": str(self.output),
            "metricsFile": str(self.work / "metrics.jsonl"),
            "deadlineSeconds": 60,
            "graceSeconds": 10,
            "unattendedSeconds": 60,
            "slots": [],
            "slotCount": 0,
            "visibleDevices": None,
            "limits": LIMITS,
            "stall": STALL,
            "sandbox": sandbox,
        }

    def ask(self, **changes):
        """The supervisor's decision."""
        return _decision_of(self.call(json.dumps(self.spec | changes)))

    def reopen(self, attempt):
        return _decision_of(self.call("", "--reopen", str(attempt)))

    def call(self, text, *arguments, **popen_arguments):
        command = self.caller.command("supervisor.py", str(self.control), *arguments)
        return run_to_end(command, input=text, cwd="/", **self.caller.popen_arguments(), **popen_arguments)

    def request(self, name, content=""):
        """Writes a file such as `stop` into the control folder, whole or not at all."""
        unfinished = self.control / f"{name}.tmp"
        unfinished.write_text(content)
        self.caller.own(unfinished)
        unfinished.replace(self.control / name)

    def stop(self):
        self.request("stop")

    def text(self):
        return self.output.read_text() if self.output.exists() else ""

    def wait_for_text(self, text):
        wait_until(lambda: text in self.text(), f"the output holds '{text}'")

    def wait_for_exit(self):
        """exit.json, once it is there and the supervisor is gone."""
        path = Path(self.control, "exit.json")
        wait_until(path.exists, "exit.json is there")
        self.wait_for_free_lock()
        return json.loads(path.read_text())

    def wait_for_free_lock(self):
        wait_until(self.lock_is_free, "the lock is free")

    def lock_is_free(self):
        return is_free(Path(self.control, "lock"))

    def state(self):
        return json.loads(Path(self.control, "state.json").read_text())

    def log(self):
        return Path(self.control, "supervisor.log").read_text()

    def processes(self):
        """(pid, start time) of all that descends from the supervisor now. Linux only."""
        return [(pid, start_time(pid)) for pid in descendants(self.state()["supervisor"]["pid"])]

    def kill(self, name, number=signal.SIGKILL):
        """Signals the recorded 'supervisor' or 'trainer' if it is still the same process; of SIGKILL it awaits the end."""
        process = self.state()[name] if Path(self.control, "state.json").exists() else None
        if process and is_running(process["pid"], process["startTime"]):
            os.kill(process["pid"], number)
            if number == signal.SIGKILL:
                wait_until(lambda: not is_running(process["pid"], process["startTime"]), f"the {name} is dead")

    def _end_what_is_left(self):
        if self.control.exists() and not self.lock_is_free():
            self.stop()
            self.kill("trainer")
            self.wait_for_free_lock()


def _decision_of(finished):
    if finished.returncode != 0:
        raise AssertionError(f"the supervisor failed: {finished.stderr}")
    (line,) = finished.stdout.splitlines()
    return json.loads(line)


def is_free(lock_file):
    """Whether nobody holds either file of the pair."""
    return all(is_unlocked(path) for path in (lock_file, lock_file.with_name(f"{lock_file.name}.trainer")))


def is_unlocked(path):
    if not path.exists():
        return True
    if not os.access(path, os.R_OK):
        path.chmod(0o444)  # a hostile trainer may have changed the mode of what it inherits
    with open(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def pids_in(folder):
    """The processes whose current folder this is. Linux only; elsewhere none are found."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == str(folder):
                found.append(int(entry.name))
        except OSError:
            continue  # it has ended, or belongs to somebody else
    return found
