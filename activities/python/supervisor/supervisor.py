"""The process that owns one execution on its host and outlives whoever started it.

    python -I -S supervisor.py CONTROL_FOLDER < spec.json       (the spec: execution_spec.py)

Any number of callers may ask at any time; what happens is decided under CONTROL_FOLDER/lock. Prints one JSON line:

    {"decision": "refused", "reason"}   the control folder belongs to an execution with another identity
    {"decision": "finished", "exit"}    it has ended; exit.json says how (exit_record.py). Also when it ends before its trainer
                                        runs: its command or its sandbox does not work, its time is used up, or
                                        CONTROL_FOLDER/stop is already there
    {"decision": "alive", "state"}      another process holds it, or a trainer that nobody watches does. The state
                                        is a hint: it is null or the attempt before for a moment, and the holder may
                                        just be asking, so whoever waits for the end asks again
    {"decision": "diskFull", "message"} too little disk is free on the host; nothing was started
    {"decision": "busy"}                fewer slots are free than it needs
    {"decision": "started", "state"}    the trainer runs now
    {"decision": "resumed", "state"}    the same, after its supervisor or its host was lost: it goes on in its work folder, with
                                        the limits that spec.json has recorded at its first start

    python -I -S supervisor.py CONTROL_FOLDER --reopen ATTEMPT

    {"decision": "reopened"}            the end of this attempt counts for nothing: the next one who asks resumes it
    {"decision": "unchanged"}           it has no such end, or somebody has reopened it already

Exit status: 0 with such a line; 1 the host failed (one sentence on stderr, worth a retry); 2 wrong arguments or spec.

While it runs, others write files into CONTROL_FOLDER: `stop` ends the execution; `interrupt` stops it but leaves it to be
resumed, as SIGTERM to the supervisor does (a host that goes down); `contact` says that somebody still hears of it. A `stop` for
an execution that does not run starts none; an `interrupt` stays until the next ask that starts it removes it unheeded. How a
training is stopped: stopping_ladder.py. When it is without being asked: watches.py.

A trainer without a sandbox outlives a supervisor that is killed, and holds its locks: the execution is alive, though nobody
watches it then. Whoever asks ends it if a `stop` or an `interrupt` is there or its deadline is over (unwatched_trainer.py), and
that may take graceSeconds and more; after an `interrupt` the same ask resumes it. In a sandbox it dies with its supervisor.
"""

import json
import os
import sys
from types import SimpleNamespace

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from control_files import claim_json, read_json, write_json  # noqa: E402
from detachment import launch  # noqa: E402
from execution_spec import parse_spec  # noqa: E402
from exit_record import end_without_start  # noqa: E402
from locks import try_lock_pair  # noqa: E402
from orphaned_sandboxes import end_sandboxes_that_hold  # noqa: E402
from reopening import last_reopened_attempt, reopen  # noqa: E402
from slots import take_slots  # noqa: E402
from stop_requests import INTERRUPTED, forget_interruption  # noqa: E402
from unwatched_trainer import UnwatchedTrainer  # noqa: E402
from usage import used_seconds  # noqa: E402

_USAGE = "usage: supervisor.py CONTROL_FOLDER, with the spec as JSON on stdin, or supervisor.py CONTROL_FOLDER --reopen ATTEMPT"


def main(arguments):
    match arguments:
        case [control]:
            try:
                spec = parse_spec(sys.stdin.buffer.read())
            except ValueError as error:
                return _complain(error, 2)
            return _answer(lambda: decide(os.path.abspath(control), spec))
        case [control, "--reopen", attempt] if attempt.isdecimal():
            return _answer(lambda: reopen(os.path.abspath(control), int(attempt)))
        case _:
            return _complain(_USAGE, 2)


def decide(control, spec):
    """Returns the line to print. What it starts goes on in a process of its own, which holds the locks."""
    os.makedirs(control, mode=0o700, exist_ok=True)
    recorded = claim_json(os.path.join(control, "spec.json"), spec)
    if recorded["identity"] != spec["identity"]:
        reason = f"{control} belongs to the execution {recorded['identity']}, not to {spec['identity']}"
        return {"decision": "refused", "reason": reason}
    unwatched = UnwatchedTrainer(control, spec)
    lock = try_lock_pair(
        os.path.join(control, "lock"), lambda path: end_sandboxes_that_hold(path) or unwatched.end_if_it_must()
    )
    ended = read_json(os.path.join(control, "exit.json"))
    if ended is not None:
        return {"decision": "finished", "exit": ended}
    state = read_json(os.path.join(control, "state.json"))
    if lock is None or (unwatched.is_running() and not unwatched.end_if_it_must()):
        return {"decision": "alive", "state": state}
    if unwatched.reason not in (None, INTERRUPTED):
        return {"decision": "finished", "exit": unwatched.write_exit()}
    spec = _spec_to_run(spec, recorded, control, is_first=state is None)
    last_attempt = max(state["attempt"] if state else 0, last_reopened_attempt(control))
    execution = SimpleNamespace(control=control, spec=spec, attempt=last_attempt + 1, used_seconds=used_seconds(control))
    return _ending_before_start(execution) or _start(execution, lock, is_first=state is None)


def _spec_to_run(spec, recorded, control, is_first):
    """The limits are those of the first start: a caller computes them from what is free on the host, and what the training
    itself has written since then is not free any more."""
    if not is_first:
        return spec | {"limits": recorded["limits"]}
    if recorded != spec:
        write_json(os.path.join(control, "spec.json"), spec)  # somebody asked before, but nothing was started then
    return spec


def _ending_before_start(execution):
    """The decision, or None if there is nothing against a start."""
    if os.path.exists(os.path.join(execution.control, "stop")):
        message = "a stop was requested before the trainer was started"
        return {"decision": "finished", "exit": end_without_start(execution, "stopped", message)}
    if execution.used_seconds >= execution.spec["deadlineSeconds"]:
        message = f"earlier attempts have used {execution.used_seconds:.0f} s, all the time that is allowed"
        return {"decision": "finished", "exit": end_without_start(execution, "deadline", message)}
    return None


def _start(execution, lock, is_first):
    spec = execution.spec
    disk = os.statvfs(spec["workFolder"])
    free_bytes, wanted_bytes = disk.f_bavail * disk.f_frsize, spec["limits"]["freeDiskBytes"]
    if free_bytes < wanted_bytes:
        message = f"{free_bytes} bytes are free on the disk of {spec['workFolder']}, {wanted_bytes:.0f} must be"
        return {"decision": "diskFull", "message": message}
    execution.slots = take_slots(spec)
    if execution.slots is None:
        return {"decision": "busy"}
    pairs = [lock, *(slot["lock"] for slot in execution.slots)]
    execution.locks = [pair.supervisor for pair in pairs]
    execution.trainer_locks = [pair.trainer for pair in pairs]
    forget_interruption(execution.control)
    outcome = launch(execution)
    return {"decision": "finished" if "exit" in outcome else "started" if is_first else "resumed", **outcome}


def _answer(decide_it):
    try:
        print(json.dumps(decide_it()), flush=True)
    except (OSError, ValueError) as error:
        return _complain(error, 1)
    return 0


def _complain(reason, status):
    print(f"supervisor: {reason}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
