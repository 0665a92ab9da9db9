"""How bubblewrap is started: what it is given, what it reports, and the gate it waits at before it starts the program."""

import json
import os
import subprocess

from bubblewrap_arguments import bubblewrap_arguments, user_change
from process_limits import limit_this_process
from process_tree import ProcessTree
from user_namespace import enter_new_user_namespace


def start_bubblewrap(place, program):
    """Returns the tree and its BubblewrapLaunch; raises what Popen raises.

    The arguments go through a file in memory, so that no list of processes shows the environment, and bubblewrap itself gets
    none of it.
    """
    status_reading, status_writing = os.pipe()
    gate_reading, gate_writing = os.pipe()
    reports = ["--json-status-fd", str(status_writing), "--block-fd", str(gate_reading)]
    settings = [word for name, value in program.environment.items() for word in ("--setenv", name, value)]
    arguments_file = _file_of([*bubblewrap_arguments(place), *settings, *reports])
    inherited = [arguments_file, status_writing, gate_reading]
    try:
        tree = ProcessTree(
            [place.settings["bubblewrap"], "--args", str(arguments_file), "--", *user_change(place), *program.command],
            {
                "env": {},
                "cwd": "/",
                "stdin": subprocess.DEVNULL,
                "stdout": program.output,
                "stderr": program.output,
                "pass_fds": [*inherited, *program.locks],
                "preexec_fn": lambda: _prepare_this_process(place.user, program.limits),
            },
        )
    finally:
        for descriptor in inherited:
            os.close(descriptor)
    return tree, BubblewrapLaunch(status_reading, gate_writing)


def _file_of(arguments):
    descriptor = os.memfd_create("bubblewrap-arguments")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(b"".join(os.fsencode(argument) + b"\0" for argument in arguments))
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _prepare_this_process(user, limits):
    """What goes wrong here is said on the output, since subprocess tells its caller only that something did."""
    try:
        limit_this_process(limits["fileBytes"])
        if user is not None:
            enter_new_user_namespace()
    except OSError as error:
        os.write(2, str(error).encode())
        raise


class BubblewrapLaunch:
    """What bubblewrap reports, and the gate it waits at before it starts the program.

    The reading end stays open for as long as this process lives: bubblewrap would die in writing its last line.
    """

    def __init__(self, status_reading, gate_writing):
        os.set_blocking(status_reading, False)
        self._status = status_reading
        self._gate = gate_writing
        self._text = b""

    def open_gate(self):
        try:
            os.write(self._gate, b"!")
        finally:
            os.close(self._gate)

    def sandbox_pid(self):
        """The host's number of the sandbox's first process; None before it is reported."""
        return self._reported("child-pid")

    def exit_code(self):
        """None before the end, and after it if there was no program."""
        return self._reported("exit-code")

    def _reported(self, name):
        try:
            self._text += os.read(self._status, 4096)
        except BlockingIOError:
            pass  # nothing new
        lines = self._text.split(b"\n")[:-1]
        return next((record[name] for record in map(json.loads, lines) if name in record), None)
