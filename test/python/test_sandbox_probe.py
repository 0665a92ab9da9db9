import json
import unittest

from callers import callers
from sandboxed import Sandboxed, add_cases
from supervised_execution import run_to_end

import bubblewrap_arguments
from bubblewrap_arguments import SandboxPlace


def place(user=None, device_nodes=(), **settings):
    given = {"bubblewrap": "/usr/bin/bwrap", "readOnlyPaths": [], "dataSets": [], "temporaryBytes": 1, "sharedMemoryBytes": 2}
    return SandboxPlace(given | settings, "/state/work", list(device_nodes), user)


def bound(arguments):
    """(option, source, target) of every bind."""
    places = [index for index, word in enumerate(arguments) if "bind" in word and word.startswith("--")]
    return [tuple(arguments[index : index + 3]) for index in places]


class ArgumentsTest(unittest.TestCase):
    def test_only_the_work_folder_and_the_devices_of_its_own_slots_are_bound_writable(self):
        arguments = bubblewrap_arguments.bubblewrap_arguments(
            place(device_nodes=["/dev/nvidia0"], dataSets=[{"name": "d", "path": "/sets/d"}], readOnlyPaths=["/opt/python"])
        )
        writable = [bind for bind in bound(arguments) if not bind[0].startswith("--ro-bind")]
        devices = ("--dev-bind-try", "/dev/nvidia0", "/dev/nvidia0")
        self.assertEqual(writable, [devices, ("--bind", "/state/work", "/work")])
        self.assertIn(("--ro-bind", "/sets/d", "/data/d"), bound(arguments))
        self.assertIn(("--ro-bind", "/opt/python", "/opt/python"), bound(arguments))

    def test_the_folders_over_a_bound_path_are_open_to_every_user(self):
        arguments = bubblewrap_arguments.bubblewrap_arguments(place(readOnlyPaths=["/somewhere/closed/python"]))
        for folder in ("/somewhere", "/somewhere/closed"):
            index = arguments.index(folder)
            self.assertEqual(arguments[index - 3 : index], ["--perms", "0755", "--dir"])

    def test_an_interpreter_under_tmp_is_not_hidden_by_tmp(self):
        arguments = bubblewrap_arguments.bubblewrap_arguments(place(readOnlyPaths=["/tmp/python"]))
        self.assertLess(arguments.index("/tmp"), arguments.index("/tmp/python"))
        self.assertEqual(arguments[-4:], ["--remount-ro", "/dev", "--remount-ro", "/"])

    def test_the_training_of_root_gives_up_root_for_good(self):
        self.assertEqual(bubblewrap_arguments.user_change(place()), [])
        words = bubblewrap_arguments.user_change(place(user=61200))
        self.assertEqual(words[:6], ["/usr/bin/setpriv", "--reuid", "61200", "--regid", "61200", "--clear-groups"])
        self.assertIn("--no-new-privs", words)


class ProbeTest(Sandboxed):
    """sandbox.py for each caller."""

    def probe(self, command, **changes):
        caller = callers()[self.caller_name]()
        text = json.dumps({"sandbox": caller.sandbox(**changes), "command": [caller.python, "-I", "-c", command]})
        finished = run_to_end(caller.command("sandbox.py"), input=text, cwd="/", **caller.popen_arguments())
        self.assertEqual((finished.returncode, finished.stderr), (0, ""))
        return json.loads(finished.stdout)

    def test_a_sandbox_in_which_the_command_ends_well_is_usable(self):
        self.assertEqual(self.probe("import ssl; open('/work/file', 'w').close()"), {"isUsable": True})

    def test_otherwise_the_reason_is_what_bubblewrap_or_the_command_said(self):
        cases = {
            "no module here": self.probe("raise SystemExit('no module here')"),
            "/nowhere": self.probe("", readOnlyPaths=["/nowhere"]),
            "/nowhere/bwrap": self.probe("", bubblewrap="/nowhere/bwrap"),
        }
        for words, verdict in cases.items():
            self.assertFalse(verdict["isUsable"])
            self.assertIn(words, verdict["reason"])


class ProbeInputTest(unittest.TestCase):
    def test_wrong_input_is_told_with_the_name_of_the_field(self):
        caller = next(iter(callers().values()))()
        finished = run_to_end(caller.command("sandbox.py"), input=json.dumps({"sandbox": None, "command": ["x"]}))
        self.assertEqual((finished.returncode, finished.stdout), (2, ""))
        self.assertIn("'sandbox'", finished.stderr)


add_cases(globals(), ProbeTest)


if __name__ == "__main__":
    unittest.main()
