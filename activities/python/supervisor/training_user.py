"""The user that a training becomes where its supervisor is root. Limits on processes do not bind root, and what root's
training writes would be root's.

Each training has a user of its own without a name or a home, from the range that systemd keeps for users that come and go.
Two of some thousand may share one; a shared user shares the limit on processes, and the sandbox still keeps them apart.
"""

import hashlib
import os

_FIRST, _COUNT = 61184, 4336  # systemd's dynamic users, systemd.io/UIDS-GIDS


def training_user(control):
    """The number of the user and of the group of the same number; None where the supervisor is an ordinary user."""
    if os.geteuid() != 0:
        return None
    return _FIRST + int.from_bytes(hashlib.sha256(os.fsencode(control)).digest()[:8], "big") % _COUNT
