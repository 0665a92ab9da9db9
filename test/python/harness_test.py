"""Runs real scripts that import the harness, each test in a folder of its own."""

import json
import os
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

from callers import HARNESS_FOLDER
from supervised_execution import run_to_end


class HarnessTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="longrun-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def environment(self, **variables):
        plain = {name: value for name, value in os.environ.items() if not name.startswith("LONGRUN_")}
        return plain | {"PYTHONPATH": str(HARNESS_FOLDER), "PYTHONDONTWRITEBYTECODE": "1"} | variables

    def command(self, script):
        return [sys.executable, "-u", "-c", textwrap.dedent(script)]

    def run_script(self, script, **variables):
        """The finished process of a script that imports longrun; its current folder is the test's."""
        command = self.command("import longrun\n" + textwrap.dedent(script))
        return run_to_end(command, cwd=self.folder, env=self.environment(**variables))

    def run_well(self, script, **variables):
        finished = self.run_script(script, **variables)
        self.assertEqual((finished.returncode, finished.stderr), (0, ""))
        return finished.stdout

    def steps(self):
        return [record["step"] for record in self.records()]

    def records(self):
        return [strict_json(line) for line in (self.folder / "metrics.jsonl").read_text().splitlines()]


def strict_json(text):
    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)
