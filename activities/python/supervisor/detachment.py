"""How a supervisor comes to be: a process that has left its starter's session and descriptors behind."""

import json
import os
import traceback

from control_files import note
from supervision import supervise


def launch(execution):
    """Starts a supervisor (`execution` as in supervise, with `locks` for it to keep) and returns what it announces: {"state"}
    or {"exit"}. Raises OSError if it cannot start the trainer."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _become_supervisor(execution, writing)
    os.close(writing)
    os.waitpid(child, 0)
    with open(reading, encoding="utf-8") as pipe:
        announced = pipe.read()
    if not announced:
        raise OSError(f"the supervisor could not start the trainer: see {execution.control}/supervisor.log")
    return json.loads(announced)


def _become_supervisor(execution, writing):
    """Never returns."""
    status = 1
    try:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        _let_go_of_starter(execution, writing)
        supervise(execution, lambda outcome: _announce(outcome, writing))
        status = 0
    except BaseException:
        note(traceback.format_exc())
    finally:
        os._exit(status)


def _let_go_of_starter(execution, writing):
    os.chdir("/")
    log = os.open(os.path.join(execution.control, "supervisor.log"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, target)
    kept = {0, 1, 2, writing, *execution.locks, *execution.trainer_locks}
    for descriptor in {int(name) for name in os.listdir("/dev/fd")} - kept:
        try:
            os.close(descriptor)
        except OSError:
            pass  # the one that listed the folder is closed already


def _announce(outcome, writing):
    try:
        os.write(writing, json.dumps(outcome).encode())
    except BrokenPipeError:
        note("the starter is gone; the training goes on")
    os.close(writing)
