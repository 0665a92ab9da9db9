"""Whether sandboxes work on this host: runs a command in exactly the arguments that a training gets.

    python -I -S sandbox.py < {"sandbox": {...}, "command": [...]}      (both as in execution_spec.py)

Prints {"isUsable": true}, or {"isUsable": false, "reason": "..."} if the command could not be started, did not end with
status 0, or took longer than 20 seconds. Exit status 0 with such a line; 2 for wrong input.
"""

import json
import os
import sys
import tempfile

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from brief_run import why_it_fails  # noqa: E402
from bubblewrap_arguments import SandboxPlace  # noqa: E402
from execution_spec import parse_probe  # noqa: E402
from handed_over_files import give_folder  # noqa: E402
from program import Program, StartFailure  # noqa: E402
from training_user import training_user  # noqa: E402

_SECONDS = 20
_LIMITS = {"fileBytes": 1 << 20, "processes": 1000}


def main():
    try:
        probe = parse_probe(sys.stdin.buffer.read())
    except ValueError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    reason = _why_not(probe["sandbox"], probe["command"])
    print(json.dumps({"isUsable": True} if reason is None else {"isUsable": False, "reason": reason}))
    return 0


def _why_not(settings, command):
    with tempfile.TemporaryDirectory(prefix="longrun-sandbox-") as folder, tempfile.TemporaryFile("ab+") as output:
        place = SandboxPlace(settings, folder, [], training_user(folder))
        if place.user is not None:
            give_folder(folder, place.user)
        program = Program(command, {"PATH": "/usr/local/bin:/usr/bin:/bin"}, output.fileno(), [], _LIMITS)
        try:
            return why_it_fails(place, program, _SECONDS)
        except (StartFailure, OSError) as error:
            return str(error)


if __name__ == "__main__":
    sys.exit(main())
