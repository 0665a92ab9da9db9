"""The process that owns one execution on its host and outlives whoever started it.

    python -I -S supervisor.py CONTROL_FOLDER < spec.json       (the spec: execution_spec.py)

Any number of callers may ask at any time; what happens is decided under CONTROL_FOLDER/lock. Prints one JSON line:

    {"decision": "refused", "reason"}   the control folder belongs to an execution with another identity
    {"decision": "finished", "exit"}    it has ended; exit.json says how. Also when it ends before its trainer runs: the command
                                        cannot be executed ("unstartable"), or CONTROL_FOLDER/stop is already there ("stopped")
    {"decision": "alive", "state"}      another process holds it. The state is a hint: it is null or the attempt before for a
                                        moment, and the holder may just be asking, so whoever waits for the end asks again
    {"decision": "busy"}                fewer GPUs are free than it needs
    {"decision": "started", "state"}    the trainer runs now
    {"decision": "resumed", "state"}    the same, after its supervisor or its host was lost: it goes on in its work folder

Exit status: 0 with such a line; 1 the host failed (one sentence on stderr, worth a retry); 2 wrong arguments or spec.

Writing CONTROL_FOLDER/stop ends the execution: SIGTERM to the trainer, after graceSeconds SIGABRT, five seconds later
SIGKILL. The deadline does the same. SIGTERM to the supervisor (a host that goes down) does so too, but leaves the execution
to be resumed. The trainer inherits the lock: if only its supervisor was killed, the execution is alive, though nobody
watches the deadline or the stop file then.
"""

import json
import os
import sys
import traceback
from types import SimpleNamespace

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from control_files import claim_json, note, read_json, try_lock  # noqa: E402
from execution_spec import parse_spec  # noqa: E402
from process_facts import boot_id, is_running  # noqa: E402
from supervision import supervise, write_exit_without_start  # noqa: E402


def main(arguments):
    if len(arguments) != 1:
        return _complain("usage: supervisor.py CONTROL_FOLDER, with the spec as JSON on stdin", 2)
    try:
        spec = parse_spec(sys.stdin.buffer.read())
    except ValueError as error:
        return _complain(error, 2)
    try:
        answer = decide(os.path.abspath(arguments[0]), spec)
    except (OSError, ValueError) as error:
        return _complain(error, 1)
    print(json.dumps(answer), flush=True)
    return 0


def decide(control, spec):
    """Returns the line to print. What it starts goes on in a process of its own, which holds the locks."""
    os.makedirs(control, mode=0o700, exist_ok=True)
    recorded = claim_json(os.path.join(control, "spec.json"), spec)
    if recorded["identity"] != spec["identity"]:
        reason = f"{control} belongs to the execution {recorded['identity']}, not to {spec['identity']}"
        return {"decision": "refused", "reason": reason}
    lock = try_lock(os.path.join(control, "lock"))
    ended = read_json(os.path.join(control, "exit.json"))
    if ended is not None:
        return {"decision": "finished", "exit": ended}
    state = read_json(os.path.join(control, "state.json"))
    if lock is None or _trainer_is_running(state):
        return {"decision": "alive", "state": state}
    execution = SimpleNamespace(control=control, spec=spec, attempt=state["attempt"] + 1 if state else 1)
    if os.path.exists(os.path.join(control, "stop")):
        message = "a stop was requested before the trainer was started"
        return {"decision": "finished", "exit": write_exit_without_start(execution, "stopped", message)}
    gpus = _take_gpus(spec)
    if gpus is None:
        return {"decision": "busy"}
    execution.gpus = [gpu["uuid"] for gpu in gpus]
    execution.locks = [lock, *(gpu["lock"] for gpu in gpus)]
    outcome = _launch(execution)
    return {"decision": "finished" if "exit" in outcome else "resumed" if state else "started", **outcome}


def _trainer_is_running(state):
    """A trainer that closed the descriptors it inherited runs without holding the lock."""
    if state is None or state["bootId"] != boot_id():
        return False
    return is_running(state["trainer"]["pid"], state["trainer"]["startTime"])


def _take_gpus(spec):
    """Locks the first free GPUs in the order of their uuids: as many as are needed, or None and holds none."""
    taken = []
    for gpu in sorted(spec["gpus"], key=lambda candidate: candidate["uuid"]):
        if len(taken) < spec["gpuCount"] and (lock := try_lock(gpu["lockFile"])) is not None:
            taken.append({"uuid": gpu["uuid"], "lock": lock})
    if len(taken) == spec["gpuCount"]:
        return taken
    for gpu in taken:
        os.close(gpu["lock"])
    return None


def _launch(execution):
    """Returns what the supervisor announces: {"state"} or {"exit"}. Raises OSError if it cannot start."""
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
    """Leaves the caller's session and descriptors behind and supervises. Never returns."""
    status = 1
    try:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        _let_go_of_caller(execution, writing)
        supervise(execution, lambda outcome: _announce(outcome, writing))
        status = 0
    except BaseException:
        note(traceback.format_exc())
    finally:
        os._exit(status)


def _let_go_of_caller(execution, writing):
    os.chdir("/")
    log = os.open(os.path.join(execution.control, "supervisor.log"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, target)
    kept = {0, 1, 2, writing, *execution.locks}
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


def _complain(reason, status):
    print(f"supervisor: {reason}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
