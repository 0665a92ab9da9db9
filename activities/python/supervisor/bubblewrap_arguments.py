"""What a training sees of its host, as arguments for bubblewrap (0.8 or newer).

It has /usr, a few files of /etc, /sys, its interpreter (readOnlyPaths) and its data sets (/data/<name>), all read-only; its
work folder as /work, the only disk it can write to; /tmp and /dev/shm of a fixed size in memory; the device files of its
own GPUs and no other's. It has no network but a loopback of its own, sees no process but its own, has no capability, and
cannot make a user namespace in which it would have one. It dies with its supervisor.

It does not cover: flaws of the kernel and of GPU drivers, which it shares with the host; memory, disk and time, which the
supervisor watches. Programs that the host keeps outside /usr (/opt, /nix) are there only as readOnlyPaths.
"""

import os
from typing import NamedTuple

WORK_FOLDER = "/work"

_ROOT_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC_FILES = ("alternatives", "ca-certificates", "ld.so.cache", "localtime", "nsswitch.conf", "passwd", "pki", "ssl")
_SET_PRIVILEGES = "/usr/bin/setpriv"


class SandboxPlace(NamedTuple):
    """`settings` is the spec's "sandbox". `user` is None for the caller's own, who must not be root then; if it is a number,
    bubblewrap runs as root of a user namespace that has this user, and what it starts becomes that user for good."""

    settings: dict
    work_folder: str
    device_nodes: list
    user: int | None


def bubblewrap_arguments(place):
    """A list of strings; what comes after them is the command, with `user_change` before it. Reads how the host's / is laid
    out, and nothing else. Mounts apply in their order: what is bound under /tmp must come after /tmp, read-only / last."""
    settings = place.settings
    return [
        *_isolation(place.user),
        *("--ro-bind", "/usr", "/usr"),
        *_flat(_root_folder(path) for path in _ROOT_FOLDERS),
        *_flat([*_folder("/etc"), "--ro-bind-try", f"/etc/{name}", f"/etc/{name}"] for name in _ETC_FILES),
        *("--ro-bind", "/sys", "/sys", "--proc", "/proc", "--dev", "/dev"),
        *_memory_folder("/dev/shm", settings["sharedMemoryBytes"]),
        *_memory_folder("/tmp", settings["temporaryBytes"]),
        *_flat(_bind("--ro-bind", path, path) for path in settings["readOnlyPaths"]),
        *_flat(_bind("--dev-bind-try", path, path) for path in place.device_nodes),
        *_flat(_bind("--ro-bind", data["path"], f"/data/{data['name']}") for data in settings["dataSets"]),
        *("--bind", place.work_folder, WORK_FOLDER, "--chdir", WORK_FOLDER),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
    ]


def user_change(place):
    """The words before the command that make it the place's user. It keeps the groups of its device files: distributions
    let a group, such as `render`, use a GPU."""
    if place.user is None:
        return []
    groups = sorted({os.stat(path).st_gid for path in place.device_nodes if os.path.exists(path)} - {0})
    kept_groups = ["--groups", ",".join(map(str, groups))] if groups else ["--clear-groups"]
    identity = ["--reuid", str(place.user), "--regid", str(place.user), *kept_groups]
    return [_SET_PRIVILEGES, *identity, "--no-new-privs", "--bounding-set", "-all", "--inh-caps", "-all", "--"]


def launcher_names(place):
    """The programs that run before the command, as the first words of their command lines."""
    return {place.settings["bubblewrap"], _SET_PRIVILEGES}


def _isolation(user):
    """A session of its own, so that a signal to its process group does not reach bubblewrap outside."""
    namespaces = ["--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    if user is None:
        rights = ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"]
    else:  # what setpriv needs, and the right to step into the folder of another user; all of it is gone after setpriv
        capabilities = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_DAC_READ_SEARCH")
        rights = ["--assert-userns-disabled", "--cap-drop", "ALL", *_flat(["--cap-add", name] for name in capabilities)]
    return [*namespaces, *rights, "--die-with-parent", "--new-session", "--hostname", "longrun"]


def _root_folder(path):
    if os.path.islink(path):
        return ["--symlink", os.readlink(path), path]
    return ["--ro-bind-try", path, path]


def _memory_folder(path, limit_bytes):
    return ["--perms", "1777", "--size", str(int(limit_bytes)), "--tmpfs", path]


def _bind(option, source, target):
    return [*_folder(os.path.dirname(target)), option, source, target]


def _folder(path):
    """Folders that bubblewrap makes on its own account are closed to other users."""
    names = path.strip("/").split("/")
    ancestors = ["/" + "/".join(names[:count]) for count in range(1, len(names) + 1) if names[0]]
    return _flat(["--perms", "0755", "--dir", ancestor] for ancestor in ancestors)


def _flat(lists):
    return [item for items in lists for item in items]
