"""Lays restored checkpoints into the work folder of an execution that rests: it has not ended, and nothing of it runs here.

    python -I -S lay_down.py CONTROL_FOLDER                                prints whether it rests, as JSON
    python -I -S lay_down.py CONTROL_FOLDER PREPARED_FOLDER WORK_FOLDER    prints whether it rested and has been given them

`PREPARED_FOLDER/checkpoints` and `PREPARED_FOLDER/metrics.jsonl` go into the work folder. What was there goes to
PREPARED_FOLDER/old, so it is lost at no moment. Both folders lie on one file system, and no link in either is followed. The
execution's lock is held meanwhile: whoever wants to start it asks again. An execution with an exit.json does not rest: what
is in its work folder is its result, which somebody has yet to collect. Exit status 0 with such a line; 1 the host failed.
"""

import json
import os
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from control_files import flush_folder, read_json  # noqa: E402
from handed_over_files import open_up  # noqa: E402
from locks import close_pair, try_lock_pair  # noqa: E402
from process_facts import boot_id, is_running  # noqa: E402


def at_rest(control, act):
    """Calls `act` under the execution's lock, if it rests; returns whether it does."""
    os.makedirs(control, mode=0o700, exist_ok=True)
    if (lock := try_lock_pair(os.path.join(control, "lock"))) is None:
        return False
    try:
        if os.path.exists(os.path.join(control, "exit.json")) or _trainer_is_running(control):
            return False
        act()
        return True
    finally:
        close_pair(lock)


def _trainer_is_running(control):
    """A trainer that let go of the lock it inherited runs without holding it."""
    state = read_json(os.path.join(control, "state.json"))
    if state is None or state["bootId"] != boot_id():
        return False
    return is_running(state["trainer"]["pid"], state["trainer"]["startTime"])


def lay_down(prepared, work):
    """The checkpoints last: until they are there the harness finds none."""
    old = os.path.join(prepared, "old")
    os.mkdir(old)
    open_up(work, 0o700)
    for name in ("metrics.jsonl", "checkpoints"):
        _move(os.path.join(work, name), os.path.join(old, name))
        _move(os.path.join(prepared, name), os.path.join(work, name))
    flush_folder(work)


def _move(source, target):
    """Leaves alone what is not there. A folder can be moved only by somebody who may write in it."""
    if os.path.lexists(source):
        if os.path.isdir(source):
            open_up(source, 0o700)
        os.rename(source, target)


def main(arguments):
    match arguments:
        case [control]:
            rested = at_rest(control, lambda: None)
        case [control, prepared, work]:
            rested = at_rest(control, lambda: lay_down(prepared, work))
        case _:
            print("usage: lay_down.py CONTROL_FOLDER [PREPARED_FOLDER WORK_FOLDER]", file=sys.stderr)
            return 2
    print(json.dumps(rested))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
