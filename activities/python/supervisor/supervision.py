"""The life of one supervisor: it starts the trainer, watches it, stops it when it must, and writes down how it ended."""

import os
import time

from control_files import note, write_json
from exit_record import end_without_start, how_it_ended, sandbox_name, slot_names, write_exit
from memory_group import make_memory_group
from process_facts import boot_id, start_time
from process_limits import allow_own_descriptors
from program import StartFailure
from signal_sleep import SignalSleep
from stop_requests import INTERRUPTED, StopRequests, forget_interruption
from stopping_ladder import StoppingLadder
from trainer import check_devices, hand_over_files, start_trainer
from watches import Watches

_POLL_SECONDS = 0.2


def supervise(execution, announce):
    """Runs one attempt to its end.

    `execution` has `control` (folder), `spec`, `attempt`, `used_seconds` (of earlier attempts), `slots` (take_slots) and
    `trainer_locks` (descriptors that the trainer inherits; closed here once it has). `announce` is called once: with
    {"state"} as soon as the trainer runs, or {"exit"} if it cannot. Raises OSError if the host cannot start it now.
    """
    execution.memory_group = make_memory_group(execution.spec["limits"]["memoryBytes"])
    try:
        _supervise(execution, announce)
    finally:
        if execution.memory_group is not None:
            execution.memory_group.remove()


def _supervise(execution, announce):
    requests = StopRequests(execution.control)
    watches = Watches(execution)
    started_at = time.time()
    try:
        tree = _start(execution, watches)
    except StartFailure as failure:
        announce({"exit": end_without_start(execution, failure.reason, str(failure))})
        return
    try:
        allow_own_descriptors()
        state = _describe(execution, tree, started_at)
        write_json(os.path.join(execution.control, "state.json"), state)
        note(f"attempt {execution.attempt}: the trainer runs, pid {tree.trainer['pid']}")
        announce({"state": state})
        reason, message = _watch(tree, requests, watches)
    finally:
        survivors = tree.kill_all()
    if execution.memory_group is not None and (excess := execution.memory_group.excess()):
        reason, message = "memory", excess
    if survivors:
        message = f"SIGKILL did not end the processes {survivors}"
    ending = how_it_ended(tree, execution) | {"startedAt": started_at, "endedAt": time.time()}
    given = {"reason": reason, "message": message}
    _conclude(execution, watches, ending | {name: value for name, value in given.items() if value is not None})


def _start(execution, watches):
    hand_over_files(execution)
    check_devices(execution)
    with open(execution.spec["outputFile"], "ab") as output:
        watches.begin()
        tree = start_trainer(execution, output, watches.usage.remaining_seconds)
    watches.memory.count_sandbox(tree.sandbox_pid)
    for descriptor in execution.trainer_locks:
        os.close(descriptor)
    return tree


def _describe(execution, tree, started_at):
    return {
        "host": os.uname().nodename,
        "bootId": boot_id(),
        "supervisor": {"pid": os.getpid(), "startTime": start_time(os.getpid())},
        "trainer": tree.trainer,
        "startedAt": started_at,
        "attempt": execution.attempt,
        "slots": slot_names(execution),
        "sandbox": sandbox_name(execution.spec),
    }


def _watch(tree, requests, watches):
    """Returns (reason, message) once the trainer has ended, by the ladder that a finding brings down or, (None, None), by
    itself."""
    rest = SignalSleep()
    ladder, reason, message = None, None, None
    while True:
        if watches.output.is_flooded():
            _hold_back(tree, watches)
        watches.advance()
        if ladder is None and (finding := requests.finding() or watches.finding()):
            reason, message = finding
            note(f"{reason}: {message or 'it is stopped'}")
            ladder = StoppingLadder(tree, reason, watches.grace_seconds)
        elif ladder is not None and watches.memory.exceeded():
            ladder.kill_now()
        tree.reap()
        if tree.status is not None:
            return reason, message
        if ladder is not None:
            ladder.advance()
        rest.sleep(_POLL_SECONDS, is_urgent=watches.output.is_flooded)


def _hold_back(tree, watches):
    """A program that writes faster than its output can be dropped waits until that is done: the cap is a cap."""
    with tree.paused():
        while watches.output.advance():
            pass


def _conclude(execution, watches, ending):
    watches.usage.write()
    try:
        watches.output.finish()
    except OSError as error:
        note(f"the output keeps its holes: {error}")
    if ending["reason"] == INTERRUPTED:
        forget_interruption(execution.control)
        note(f"no exit.json, the next start goes on from the last checkpoint: {ending}")
        return
    ending |= {"seconds": round(watches.usage.seconds, 3), "attempt": execution.attempt, "slots": slot_names(execution)}
    ending["sandbox"] = sandbox_name(execution.spec)
    ending["peakMemoryBytes"] = max(ending["peakMemoryBytes"], watches.memory.peak_bytes)
    ending["droppedOutputBytes"] = watches.output.dropped_bytes
    write_exit(execution.control, ending)
