"""Starts a program in a sandbox and finds the process that it became on the host.

bubblewrap runs three processes: one outside, which ends with the program's status; the sandbox's first process; and the
program, its child. bubblewrap holds the program back (--block-fd) until its limits are set.
"""

import os
import re
import shutil
import subprocess
import time

from bubblewrap_arguments import launcher_names
from bubblewrap_launch import start_bubblewrap
from process_descendants import descendants
from process_facts import program_name, start_time
from process_limits import limit_processes
from program import StartFailure

_STARTING_SECONDS = 30
_POLL_SECONDS = 0.002
_LONGEST_MESSAGE = 2000


def start_in_sandbox(place, program):
    """Returns the ProcessTree, whose trainer is the program. The work folder must be the place's user's.

    Raises StartFailure, and OSError if the host cannot start it now. What bubblewrap says of its failure becomes the message
    and is cut off the output again.
    """
    place = place._replace(settings=place.settings | {"bubblewrap": _find(place.settings["bubblewrap"])})
    size_before = os.fstat(program.output).st_size
    try:
        tree, launch = start_bubblewrap(place, program)
    except subprocess.SubprocessError:
        raise StartFailure("sandboxFailed", _cut_message(program.output, size_before)) from None
    try:
        has_begun = _let_go(tree, launch, program) and _await_program(tree, launch, launcher_names(place))
        if not has_begun and (reason := _failure_of(launch, _message(program.output, size_before))):
            raise StartFailure(reason, _cut_message(program.output, size_before) or _silent_end(tree))
    except BaseException:
        tree.kill_all()
        raise
    return tree


def _find(bubblewrap):
    found = shutil.which(bubblewrap)
    if found is None:
        raise StartFailure("sandboxFailed", f"{bubblewrap} is not an executable program")
    return found


def _let_go(tree, launch, program):
    """Sets the limits and lets bubblewrap start the program; False if it has ended instead."""
    for _ in _until_the_end(tree):
        if (sandbox_pid := launch.sandbox_pid()) is not None:
            tree.sandbox_pid = sandbox_pid
            break
    else:
        return False
    try:
        limit_processes(sandbox_pid, program.limits["processes"])
        if program.memory_group is not None:
            program.memory_group.add(tree.pid, sandbox_pid)
        launch.open_gate()
    except (ProcessLookupError, BrokenPipeError):
        pass  # it has ended, which _await_program sees
    return True


def _await_program(tree, launch, launchers):
    """Makes the program the tree's trainer; False if the tree has ended before anybody saw it run.

    A process that is about to end has no name, and neither has a program that hides it: that one is believed in the end.
    """
    pid = None
    try:
        for _ in _until_the_end(tree):
            if pid is None and (found := descendants(launch.sandbox_pid())):
                pid = found[0]
                tree.trainer = {"pid": pid, "startTime": start_time(pid)}
            if pid is not None and program_name(pid) not in ("", *launchers):
                return True
    except TimeoutError:
        if pid is None or program_name(pid) != "":
            raise
        return True
    return False


def _until_the_end(tree):
    """Comes round every few milliseconds, and once more when the tree has ended."""
    give_up_at = time.monotonic() + _STARTING_SECONDS
    while True:
        tree.reap()
        yield
        if tree.status is not None:
            return
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"bubblewrap has not started the program within {_STARTING_SECONDS} seconds")
        time.sleep(_POLL_SECONDS)


def _failure_of(launch, text):
    """The reason of an end before anybody saw the program run; None if it was only a short one."""
    if re.match(r"(bwrap: execvp|setpriv: failed to execute) ", text):
        return "unstartable"
    return "sandboxFailed" if launch.exit_code() is None or text.startswith("setpriv: ") else None


def _cut_message(output, size_before):
    message = _message(output, size_before)
    os.ftruncate(output, size_before)
    return message


def _message(output, size_before):
    with open(f"/proc/self/fd/{output}", "rb") as file:
        file.seek(size_before)
        return file.read(_LONGEST_MESSAGE).decode(errors="replace").strip()


def _silent_end(tree):
    return f"bubblewrap ended with status {os.waitstatus_to_exitcode(tree.status)} and said nothing"
