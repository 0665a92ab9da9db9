import json
import os
import re
import socket
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

from callers import callers
from sandboxed import Sandboxed, add_cases
from supervised_execution import LIMITS, SupervisedExecution

PROBES = Path(__file__).with_name("hostile_probes.py")
KEY = "sk-a-key-of-the-caller"
FILE_BYTES = 2**24
MEMORY_FOLDER_BYTES = 2**20

# What each probe must be answered: a word, or several of which one must come.
ANSWERS = {
    "write into /": "EROFS",
    "write into /usr": "EROFS",
    "write into /etc": "EROFS",
    "write into /dev": "EROFS",
    "write into /sys": "EROFS",
    "write into a data set": "EROFS",
    "write beside a data set": "EROFS",
    "write to the kernel": ("EACCES", "EROFS"),
    "press a key of the kernel's": ("EACCES", "EROFS", "ENOENT"),
    "read a data set": "read b'one'",
    "read another trial's file": "ENOENT",
    "read the control folder": "ENOENT",
    "read its own folder by the host's path": "ENOENT",
    "read files of the home": ["ENOENT"],
    "read the users' passwords": "ENOENT",
    "read the kernel's memory": ("EACCES", "EPERM", "ENOENT"),
    "read the kernel's log": "ENOENT",
    "key in its own environment": "absent",
    "key in any environment": "found in 0",
    "TCP to the host": "ECONNREFUSED",
    "TCP to the world": "ENETUNREACH",
    "UDP to a name server": "ENETUNREACH",
    "abstract Unix socket": "ECONNREFUSED",
    "Unix socket in a folder": "ENOENT",
    "signal to a host process": "ESRCH",
    "trace a host process": "ESRCH",
    "mount": "EPERM",
    "new mounts": "EPERM",
    "new user namespace": ("ENOSPC", "EPERM"),
    "become root": ("EPERM", "EINVAL"),
    "change the root folder": "EPERM",
    "make a device": "EPERM",
    "capabilities": ["1", 0],
    "raise its limit on processes": "refused",
    "raise its limit on files": "refused",
    "write too large a file": "EFBIG",
    "dump core": [],
    "fill /tmp": MEMORY_FOLDER_BYTES,
    "fill /dev/shm": MEMORY_FOLDER_BYTES,
    "link to a secret": "ENOENT",
    "second name of a secret": "ENOENT",
    "descriptors": ["lock.trainer"],
    "write into the descriptors it inherited": ["EBADF"],
    "write into the descriptors it inherited by /proc/self/fd": ["EACCES"],
    "empty the descriptors it inherited by /proc/self/fd": ["EACCES"],
    "remove its own folder": ("EROFS", "EBUSY", "EACCES"),
}


def host_facts(case, folder):
    """What the probes are aimed at, on a host that listens and has secrets."""
    tcp, abstract, named = ("127.0.0.1", 0), f"longrun-test-{os.getpid()}", str(folder / "host.socket")
    listeners = [listen(case, *place) for place in ((socket.AF_INET, tcp), (socket.AF_UNIX, f"\0{abstract}"))]
    listen(case, socket.AF_UNIX, named)
    return {
        "otherFile": str(folder / "other-trial/work/secret.txt"),
        "homeFiles": [str(folder), *(str(path) for path in Path.home().iterdir() if path.is_file())],
        "keyName": "OPENAI_API_KEY",
        "keyBackwards": KEY[::-1],
        "port": listeners[0].getsockname()[1],
        "abstractName": abstract,
        "socketFile": named,
        "hostPid": os.getpid(),
        "fileBytes": FILE_BYTES,
    }


def listen(case, family, address):
    listener = socket.socket(family)
    case.addClassCleanup(listener.close)
    listener.bind(address)
    listener.listen()
    return listener


class HostileScriptTest(Sandboxed):
    """The probes are run once in a sandbox; each test reads one answer."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="longrun-test-")
        cls.addClassCleanup(folder.cleanup)
        Path(folder.name).chmod(0o755)
        for name, text in {"numbers/one.txt": "one", "other-trial/work/secret.txt": "secret"}.items():
            Path(folder.name, name).parent.mkdir(parents=True)
            Path(folder.name, name).write_text(text)
        cls.answers = cls._run_probes(host_facts(cls, Path(folder.name)), Path(folder.name, "numbers"))

    @classmethod
    def _run_probes(cls, facts, numbers):
        caller = callers()[cls.caller_name]()
        data = [{"name": "numbers", "path": str(numbers)}]
        sizes = {"temporaryBytes": MEMORY_FOLDER_BYTES, "sharedMemoryBytes": MEMORY_FOLDER_BYTES}
        test = SimpleNamespace(addCleanup=cls.addClassCleanup)
        limits = LIMITS | {"fileBytes": FILE_BYTES}
        execution = SupervisedExecution(test, PROBES.read_text(), caller, {"dataSets": data, **sizes}, limits=limits)
        facts |= {"control": str(execution.control), "work": str(execution.work)}
        Path(execution.work, "facts.json").write_text(json.dumps(facts))
        execution.call(json.dumps(execution.spec), env={"OPENAI_API_KEY": KEY})
        execution.wait_for_exit()
        return json.loads(execution.text().splitlines()[-1])

    def test_every_probe_is_looked_at(self):
        self.assertEqual(set(self.answers), set(ANSWERS))


def add_test(probe):
    def test(self):
        answer = self.answers[probe]
        allowed = ANSWERS[probe] if isinstance(ANSWERS[probe], tuple) else (ANSWERS[probe],)
        self.assertIn(answer, allowed)

    setattr(HostileScriptTest, f"test_{re.sub('[^a-z]+', '_', probe.lower())}_is_answered_as_it_must_be", test)


for each in ANSWERS:
    add_test(each)


add_cases(globals(), HostileScriptTest)


if __name__ == "__main__":
    unittest.main()
