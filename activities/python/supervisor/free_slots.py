"""Which slots nobody has: `python -I -S free_slots.py LOCK_FILE...` prints those of the lock files that are free, as JSON.

Asking takes the locks and lets go of them within microseconds: a starter that comes in this very moment finds them busy
and asks again.
"""

import json
import os
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from locks import close_pair, try_lock_pair  # noqa: E402


def is_free(lock_file):
    if (pair := try_lock_pair(lock_file)) is None:
        return False
    close_pair(pair)
    return True


if __name__ == "__main__":
    print(json.dumps([lock_file for lock_file in sys.argv[1:] if is_free(lock_file)]))
