"""Starts the trainer of an execution, in a sandbox or with the rights of its caller."""

import errno
import os
import subprocess
import tempfile

from brief_run import why_it_fails
from bubblewrap_arguments import SandboxPlace
from handed_over_files import give_folder, open_up
from process_limits import limit_this_process
from process_tree import ProcessTree
from program import Program, StartFailure
from sandboxed_process import start_in_sandbox
from training_user import training_user

_PREFLIGHT_SECONDS = 60
_HOST_TROUBLE = {errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EIO}


def hand_over_files(execution):
    """Must come first. A training may have taken the rights to its files away in an earlier attempt."""
    spec = execution.spec
    open_up(spec["workFolder"], 0o700)
    open_up(spec["outputFile"], 0o600)
    if spec["sandbox"] is not None and (user := training_user(execution.control)) is not None:
        give_folder(spec["workFolder"], user)


def check_devices(execution):
    """Runs the preflight where the execution has devices of its own. Raises StartFailure with the reason deviceUnusable."""
    sandbox = execution.spec["sandbox"]
    if sandbox is None or not sandbox["preflight"] or not _device_nodes(execution):
        return
    with tempfile.TemporaryFile("ab+", dir=execution.control) as output:
        program = Program(sandbox["preflight"], _environment(execution), output.fileno(), [], execution.spec["limits"])
        try:
            message = why_it_fails(_place(execution), program, _PREFLIGHT_SECONDS)
        except StartFailure as failure:
            if failure.reason == "unstartable":
                raise StartFailure("deviceUnusable", str(failure)) from None
            raise
    if message is not None:
        raise StartFailure("deviceUnusable", message)


def start_trainer(execution, output, allowed_seconds):
    """Returns the running ProcessTree. Raises StartFailure, and OSError if the host cannot start it now."""
    spec = execution.spec
    environment = _environment(execution) | {"LONGRUN_SECONDS": f"{allowed_seconds:.3f}"}
    inherited = (output.fileno(), execution.trainer_locks)
    program = Program(spec["command"], environment, *inherited, spec["limits"], execution.memory_group)
    if spec["sandbox"] is None:
        return _start_without_sandbox(program, spec["workFolder"])
    return start_in_sandbox(_place(execution), program)


def _place(execution):
    spec = execution.spec
    user = training_user(execution.control)
    return SandboxPlace(_with_memory_limit(spec), spec["workFolder"], _device_nodes(execution), user)


def _with_memory_limit(spec):
    """A memory folder is no larger than the memory that is allowed: a full one is an error that a script can understand."""
    names, most_bytes = ("temporaryBytes", "sharedMemoryBytes"), spec["limits"]["memoryBytes"]
    return spec["sandbox"] | {name: min(spec["sandbox"][name], most_bytes) for name in names}


def _device_nodes(execution):
    """Each once: several GPUs share the file of their driver."""
    return sorted({path for slot in execution.slots for path in slot["deviceNodes"]})


def _environment(execution):
    variable = execution.spec["visibleDevices"]
    if variable is None:
        return execution.spec["environment"]
    visible = {variable: ",".join(slot["name"] for slot in execution.slots)}
    # Without it CUDA numbers GPUs by their speed, and tools of the driver by their place.
    order = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"} if variable == "CUDA_VISIBLE_DEVICES" else {}
    return execution.spec["environment"] | visible | order


def _start_without_sandbox(program, work_folder):
    arguments = {"cwd": work_folder, "env": program.environment, "pass_fds": program.locks}
    arguments |= {"stdin": subprocess.DEVNULL, "stdout": program.output, "stderr": program.output}
    try:
        return ProcessTree(program.command, arguments | {"preexec_fn": lambda: _limit_this_process(program)})
    except subprocess.SubprocessError as error:
        raise OSError(f"the limits of the trainer cannot be set: {error}") from None
    except OSError as error:
        if error.errno in _HOST_TROUBLE:
            raise
        raise StartFailure("unstartable", str(error)) from None


def _limit_this_process(program):
    limit_this_process(program.limits["fileBytes"])
    if program.memory_group is not None:
        program.memory_group.add(os.getpid())
