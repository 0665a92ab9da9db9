"""A training script that tries what it must not be able to do, and says how each attempt was met.

It is copied into a work folder and run there, beside facts of the host (facts.json). Its last line is a JSON object: for each
probe what it was answered, as the name of an error ("EROFS") or in words of its own.
"""

import ctypes
import errno
import glob
import json
import os
import resource
import shutil
import socket
import stat

with open("facts.json") as facts:
    FACTS = json.load(facts)
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
PTRACE_ATTACH = 16


def write_into(folder):
    return write(os.path.join(folder, "planted"))


def write(path):
    with open(path, "w") as file:
        file.write("h")
    return "written"


def read(path):
    with open(path, "rb") as file:
        return f"read {file.read(40)}"


def call(name, *arguments):
    if getattr(LIBC, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
    return "done"


def connect(family, kind, address):
    with socket.socket(family, kind) as connection:
        connection.settimeout(5)
        connection.connect(address)
        connection.send(b"hello")
    return "connected"


def every_environment():
    key = FACTS["keyBackwards"][::-1].encode()
    found = []
    for path in glob.glob("/proc/[0-9]*/environ"):
        try:
            with open(path, "rb") as file:
                found.append(key in file.read())
        except PermissionError:
            found.append(False)
    return f"found in {found.count(True)}" if found else "no environment was looked at"


def fill(folder):
    """How many bytes went in."""
    size = 0
    try:
        with open(os.path.join(folder, "filling"), "wb", buffering=0) as file:
            while size < 100 * 2**20:
                size += file.write(bytes(2**16))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    os.unlink(os.path.join(folder, "filling"))
    return size


def write_large_file():
    try:
        with open("large", "wb", buffering=0) as file:
            file.seek(FACTS["fileBytes"])
            file.write(b"x")
    finally:
        os.unlink("large")
    return "written"


def raise_limit(kind):
    soft, hard = resource.getrlimit(kind)
    try:
        resource.setrlimit(kind, (soft, hard + 1))
    except ValueError:
        return "refused"
    return "raised"


def dump_core():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    if (child := os.fork()) == 0:
        os.abort()
    _pid, status = os.waitpid(child, 0)
    return ["core" for _ in glob.glob("core*")] + (["reported"] if os.WCOREDUMP(status) else [])


def capabilities():
    with open("/proc/self/status") as file:
        lines = dict(line.strip().partition(":\t")[::2] for line in file if ":\t" in line)
    return [lines["NoNewPrivs"], *{int(lines[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}]


def follow_link(target, make_link):
    make_link(target, "link")
    try:
        return read("link")
    finally:
        os.unlink("link")


def descriptors():
    """What is open besides input, output and errors. The one that lists the folder is gone before its name is read."""
    paths = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd") if int(name) > 2]
    return sorted(os.path.basename(os.readlink(path)) for path in paths if os.path.lexists(path))


def inherited_descriptors():
    """Files that were open before this script opened any, besides input, output and errors."""
    numbers = [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]
    return [number for number in numbers if os.path.lexists(f"/proc/self/fd/{number}")]


def write_into_descriptors(flags):
    """By number and by the name that the kernel gives them."""
    return sorted({answer_to(lambda: write_to_descriptor(number, flags)) for number in inherited_descriptors()})


def write_to_descriptor(number, flags):
    descriptor = number if flags is None else os.open(f"/proc/self/fd/{number}", flags)
    os.write(descriptor, b"h")
    return "written"


def remove_own_folder():
    shutil.rmtree("/work", ignore_errors=True)
    left = os.listdir("/work")
    os.rmdir("/work")
    return left


def mount():
    return call("mount", b"none", b"/tmp", b"tmpfs", 0, None)


PROBES = {
    "write into /": lambda: write_into("/"),
    "write into /usr": lambda: write_into("/usr"),
    "write into /etc": lambda: write_into("/etc"),
    "write into /dev": lambda: write_into("/dev"),
    "write into /sys": lambda: write_into("/sys"),
    "write into a data set": lambda: write_into("/data/numbers"),
    "write beside a data set": lambda: write_into("/data"),
    "write to the kernel": lambda: write("/proc/sys/kernel/core_pattern"),
    "press a key of the kernel's": lambda: write("/proc/sysrq-trigger"),
    "read a data set": lambda: read("/data/numbers/one.txt"),
    "read another trial's file": lambda: read(FACTS["otherFile"]),
    "read the control folder": lambda: os.listdir(FACTS["control"]),
    "read its own folder by the host's path": lambda: os.listdir(FACTS["work"]),
    "read files of the home": lambda: sorted({answer_to(lambda: read(path)) for path in FACTS["homeFiles"]}),
    "read the users' passwords": lambda: read("/etc/shadow"),
    "read the kernel's memory": lambda: read("/proc/kcore"),
    "read the kernel's log": lambda: read("/dev/kmsg"),
    "key in its own environment": lambda: os.environ.get(FACTS["keyName"], "absent"),
    "key in any environment": every_environment,
    "TCP to the host": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", FACTS["port"])),
    "TCP to the world": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 443)),
    "UDP to a name server": lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53)),
    "abstract Unix socket": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{FACTS['abstractName']}"),
    "Unix socket in a folder": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, FACTS["socketFile"]),
    "signal to a host process": lambda: os.kill(FACTS["hostPid"], 9),
    "trace a host process": lambda: call("ptrace", PTRACE_ATTACH, FACTS["hostPid"], None, None),
    "mount": mount,
    "new mounts": lambda: call("unshare", CLONE_NEWNS),
    "new user namespace": lambda: call("unshare", CLONE_NEWUSER),
    "become root": lambda: os.setuid(0),
    "change the root folder": lambda: os.chroot("/work"),
    "make a device": lambda: os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(7, 0)),
    "capabilities": capabilities,
    "raise its limit on processes": lambda: raise_limit(resource.RLIMIT_NPROC),
    "raise its limit on files": lambda: raise_limit(resource.RLIMIT_FSIZE),
    "write too large a file": write_large_file,
    "dump core": dump_core,
    "fill /tmp": lambda: fill("/tmp"),
    "fill /dev/shm": lambda: fill("/dev/shm"),
    "link to a secret": lambda: follow_link(FACTS["otherFile"], os.symlink),
    "second name of a secret": lambda: follow_link(FACTS["otherFile"], os.link),
    "descriptors": descriptors,
    "write into the descriptors it inherited": lambda: write_into_descriptors(None),
    "write into the descriptors it inherited by /proc/self/fd": lambda: write_into_descriptors(os.O_WRONLY),
    "empty the descriptors it inherited by /proc/self/fd": lambda: write_into_descriptors(os.O_RDWR | os.O_TRUNC),
    "remove its own folder": remove_own_folder,
}


def answer_to(probe):
    try:
        return probe()
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))


if __name__ == "__main__":
    print(json.dumps({name: answer_to(probe) for name, probe in PROBES.items()}))
