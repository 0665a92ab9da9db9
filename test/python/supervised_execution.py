"""Real executions for the tests: a folder, the supervisor's command, and the end of whatever is left of it."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

PYTHON_FOLDER = Path(__file__).resolve().parents[2] / "activities" / "python"
SUPERVISOR = [sys.executable, "-I", "-S", str(PYTHON_FOLDER / "supervisor.py")]
sys.path.append(str(PYTHON_FOLDER))

from process_facts import is_running  # noqa: E402


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
    """One control folder, its work folder and its spec; the test ends what it has started."""

    def __init__(self, test, script, **changes):
        folder = tempfile.TemporaryDirectory(prefix="longrun-test-")
        test.addCleanup(folder.cleanup)
        self.control, self.work = Path(folder.name, "control"), Path(folder.name, "work")
        self.work.mkdir()
        Path(self.work, "train.py").write_text(textwrap.dedent(script))
        self.output = Path(folder.name, "output.txt")
        environment = {"PYTHONPATH": str(PYTHON_FOLDER), "PYTHONFAULTHANDLER": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self.spec = {
            "identity": "script-1",
            "command": [sys.executable, "-u", "train.py"],
            "workFolder": str(self.work),
            "environment": environment | {"LONGRUN_OUTPUT": str(self.work)},
            "outputFile": str(self.output),
            "deadlineSeconds": 60,
            "graceSeconds": 10,
            "gpus": [],
            "gpuCount": 0,
        } | changes
        test.addCleanup(self._end_what_is_left)

    def ask(self, **changes):
        """The supervisor's decision."""
        finished = self.call(json.dumps(self.spec | changes))
        if finished.returncode != 0:
            raise AssertionError(f"the supervisor failed: {finished.stderr}")
        (line,) = finished.stdout.splitlines()
        return json.loads(line)

    def call(self, text):
        return run_to_end([*SUPERVISOR, str(self.control)], input=text)

    def stop(self):
        Path(self.control, "stop").touch()

    def text(self):
        return self.output.read_text() if self.output.exists() else ""

    def wait_for_text(self, text):
        wait_until(lambda: text in self.text(), f"the output holds '{text}'")

    def wait_for_exit(self):
        path = Path(self.control, "exit.json")
        wait_until(path.exists, "exit.json is there")
        return json.loads(path.read_text())

    def wait_for_free_lock(self):
        wait_until(self.lock_is_free, "the lock is free")

    def lock_is_free(self):
        return is_free(Path(self.control, "lock"))

    def kill(self, name, number=signal.SIGKILL):
        """Signals the recorded 'supervisor' or 'trainer' if it is still the same process; of SIGKILL it awaits the end."""
        path = Path(self.control, "state.json")
        process = json.loads(path.read_text())[name] if path.exists() else None
        if process and is_running(process["pid"], process["startTime"]):
            os.kill(process["pid"], number)
            if number == signal.SIGKILL:
                wait_until(lambda: not is_running(process["pid"], process["startTime"]), f"the {name} is dead")

    def _end_what_is_left(self):
        if self.control.exists() and not self.lock_is_free():
            self.stop()
            self.kill("trainer")
            self.wait_for_free_lock()


def is_free(lock_file):
    if not lock_file.exists():
        return True
    with open(lock_file) as file:
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
