"""The life of one supervisor: it starts the trainer, watches it, stops it when it must, and writes down how it ended."""

import errno
import os
import signal
import subprocess
import time

from control_files import note, write_json
from process_facts import boot_id, start_time
from process_tree import ProcessTree

_POLL_SECONDS = 0.2
_STACK_SECONDS = 5  # between SIGABRT, on which Python's faulthandler prints the stack, and SIGKILL
_DISK_RETRY_SECONDS = 2
_HOST_TROUBLE = {errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EIO}

# The reason of an end by SIGTERM to the supervisor itself, as a host sends it on its way down. No exit.json is written for it:
# the execution is not finished, and the next starter goes on from its checkpoint.
_INTERRUPTED = "interrupted"


def supervise(execution, announce):
    """Runs one execution to its end.

    `execution` has `control` (folder), `spec`, `attempt`, `gpus` (uuids), `locks` (descriptors the trainer inherits).
    `announce` is called once: with {"state"} as soon as the trainer runs, or {"exit"} if its command cannot be executed.
    Raises OSError if the host cannot start it now.
    """
    is_interrupted = _catch_signals()
    started = {"wall": time.time(), "monotonic": time.monotonic()}
    with open(execution.spec["outputFile"], "ab") as output:
        try:
            tree = _start_trainer(execution, output)
        except OSError as error:
            if error.errno in _HOST_TROUBLE:
                raise
            announce({"exit": write_exit_without_start(execution, "unstartable", str(error))})
            return
    try:
        state = _describe(execution, tree, started)
        write_json(os.path.join(execution.control, "state.json"), state)
        note(f"attempt {execution.attempt}: the trainer runs, pid {tree.pid}")
        announce({"state": state})
        conditions = _stopping_conditions(execution, started, is_interrupted)
        reason = _watch(tree, conditions, execution.spec["graceSeconds"])
    finally:
        survivors = tree.kill_all()
    if reason == _INTERRUPTED:
        note("interrupted by SIGTERM: no exit.json, the next start goes on from the last checkpoint")
        return
    _write_exit(execution, _exit_record(execution, tree, started) | {"reason": reason} | _message_about(survivors))


def write_exit_without_start(execution, reason, message):
    """Writes and returns the exit.json of an execution whose trainer never ran."""
    now = time.time()
    record = {"code": None, "signal": None, "reason": reason, "startedAt": now, "endedAt": now, "seconds": 0.0}
    record |= {"peakMemoryBytes": 0, "attempt": execution.attempt, "message": message}
    write_json(os.path.join(execution.control, "exit.json"), record)
    return record


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


def _start_trainer(execution, output):
    """Returns the running tree. Raises OSError if the command cannot be executed."""
    spec = execution.spec
    environment = dict(spec["environment"])
    if execution.gpus:
        environment |= {"CUDA_VISIBLE_DEVICES": ",".join(execution.gpus), "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    arguments = {"cwd": spec["workFolder"], "env": environment, "pass_fds": execution.locks}
    arguments |= {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
    return ProcessTree(spec["command"], arguments)


def _describe(execution, tree, started):
    return {
        "host": os.uname().nodename,
        "bootId": boot_id(),
        "supervisor": {"pid": os.getpid(), "startTime": start_time(os.getpid())},
        "trainer": {"pid": tree.pid, "startTime": start_time(tree.pid)},
        "startedAt": started["wall"],
        "attempt": execution.attempt,
        "gpus": execution.gpus,
    }


def _stopping_conditions(execution, started, is_interrupted):
    """By reason, in the order in which they count."""
    stop_file = os.path.join(execution.control, "stop")
    deadline = started["monotonic"] + execution.spec["deadlineSeconds"]
    return {
        "stopped": lambda: os.path.exists(stop_file),
        "deadline": lambda: time.monotonic() >= deadline,
        _INTERRUPTED: is_interrupted,
    }


def _watch(tree, conditions, grace_seconds):
    """Returns the reason once the trainer has ended, by itself or by the ladder of signals that a condition brings down."""
    reason, ladder = None, []
    while True:
        if reason is None and (reason := next((name for name, holds in conditions.items() if holds()), None)):
            ladder = _stopping_ladder(tree, grace_seconds)
        tree.reap()
        if tree.status is not None:
            return reason or ("exited" if os.WIFEXITED(tree.status) else "signaled")
        if ladder and time.monotonic() >= ladder[0]["at"]:
            rung = ladder.pop(0)
            note(f"{reason}: {rung['name']}")
            rung["act"]()
        time.sleep(_POLL_SECONDS)


def _stopping_ladder(tree, grace_seconds):
    term_at = time.monotonic()
    abort_at = term_at + grace_seconds
    return [
        {"at": term_at, "name": "SIGTERM to the trainer", "act": lambda: tree.signal_trainer(signal.SIGTERM)},
        {"at": abort_at, "name": "SIGABRT to the trainer", "act": lambda: tree.signal_trainer(signal.SIGABRT)},
        {"at": abort_at + _STACK_SECONDS, "name": "SIGKILL to its process group", "act": tree.kill_group},
    ]


def _exit_record(execution, tree, started):
    exit_code = os.waitstatus_to_exitcode(tree.status)
    return {
        "code": exit_code if exit_code >= 0 else None,
        "signal": _signal_name(-exit_code) if exit_code < 0 else None,
        "startedAt": started["wall"],
        "endedAt": time.time(),
        "seconds": round(time.monotonic() - started["monotonic"], 3),
        "peakMemoryBytes": tree.peak_memory_bytes,
        "attempt": execution.attempt,
    }


def _signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"  # the real-time signals have no names of their own


def _message_about(survivors):
    return {"message": f"SIGKILL did not end the processes {survivors}"} if survivors else {}


def _write_exit(execution, record):
    """A finished training must not be repeated because the disk is full: tries until there is room, holding the locks."""
    note(f"ended: {record}")
    while True:
        try:
            write_json(os.path.join(execution.control, "exit.json"), record)
            return
        except OSError as error:
            if not os.path.isdir(execution.control):
                raise
            note(f"exit.json cannot be written yet: {error}")
            time.sleep(_DISK_RETRY_SECONDS)
