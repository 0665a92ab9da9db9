"""The slots of a host: its GPUs, or on a host without one its shares of the processor. Whoever holds the lock has the slot."""

from locks import close_pair, try_lock_pair


def take_slots(spec):
    """Locks the first free slots in the order of their names: as many as are needed, or None and holds none.

    Returns a list of {"name", "deviceNodes", "lock": LockPair}.
    """
    taken = []
    for slot in sorted(spec["slots"], key=lambda candidate: candidate["name"]):
        if len(taken) < spec["slotCount"] and (lock := try_lock_pair(slot["lockFile"])) is not None:
            taken.append({"name": slot["name"], "deviceNodes": slot["deviceNodes"], "lock": lock})
    if len(taken) == spec["slotCount"]:
        return taken
    for slot in taken:
        close_pair(slot["lock"])
    return None
