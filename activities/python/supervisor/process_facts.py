"""What the host knows about its processes. Linux reads /proc; other systems ask `ps`."""

import os
import subprocess
import sys

IS_LINUX = sys.platform.startswith("linux")


def boot_id():
    """A string that is another one after each start of the host."""
    if IS_LINUX:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    return _output_of(["/usr/sbin/sysctl", "-n", "kern.boottime"])


def start_time(pid):
    """When the process started, as a string that is only good for comparing; None if there is no such process.

    Process ids are used again: a pid names a process only together with its start time and the boot id. Linux counts in
    ticks of 10 ms since the boot, `ps` in seconds.
    """
    if IS_LINUX:
        fields = _stat_fields(pid)
        return fields[19] if fields else None
    return _output_of(["/bin/ps", "-o", "lstart=", "-p", str(pid)]) or None


def is_running(pid, recorded_start_time):
    """Whether a process that was recorded in this boot still runs. One that has ended but was not reaped does not."""
    if start_time(pid) != recorded_start_time or recorded_start_time is None:
        return False
    if IS_LINUX:
        fields = _stat_fields(pid)
        return fields is not None and fields[0] not in ("Z", "X")
    return not _output_of(["/bin/ps", "-o", "stat=", "-p", str(pid)]).startswith("Z")


def parent_pid(pid):
    """None if there is no such process. Linux only."""
    fields = _stat_fields(pid)
    return int(fields[1]) if fields else None


def program_name(pid):
    """The first word of the command that the process was started by; "" if it has ended. Linux only."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return os.fsdecode(file.read().split(b"\0")[0])
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _stat_fields(pid):
    """The fields of /proc/<pid>/stat from the state on (proc(5) counts them from 3); None if there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _output_of(command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True).stdout.strip()
