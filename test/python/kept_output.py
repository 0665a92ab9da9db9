"""An output file and its keeper, for tests: what was written against what is left of it."""

import os
import re
import tempfile
import unittest
from pathlib import Path

from supervised_execution import SUPERVISOR_FOLDER  # noqa: F401 (it makes the modules below importable)

from file_holes import can_punch_holes
from output_keeper import OutputKeeper

CAP = 64 * 1024
RECEIPT = re.compile(rb"\[longrun: (\d+) bytes \((\d+) lines\) of output were dropped here\]\n")
NEEDS_HOLES = unittest.skipUnless(
    can_punch_holes(tempfile.gettempdir()), "the file system of the temporary folder has no holes"
)


class OutputKeeperTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="longrun-test-")
        self.addCleanup(folder.cleanup)
        self.control = Path(folder.name, "control")
        self.control.mkdir()
        self.file = Path(folder.name, "output.txt")

    def keeper(self, cap=CAP):
        return OutputKeeper(str(self.control), str(self.file), cap)

    def write(self, data):
        with open(self.file, "ab") as file:
            file.write(data)

    def keep(self, *parts, cap=CAP):
        """The text after a program has written these parts, and the keeper has looked at it after each."""
        keeper = self.keeper(cap)
        for part in parts:
            self.write(part)
            advance_fully(keeper)
        keeper.finish()
        return self.file.read_bytes()

    def allocated_bytes(self):
        return os.stat(self.file).st_blocks * 512

    def assert_complete(self, text, written):
        """Head, receipt, tail: together they are all that was written, and the numbers are right."""
        (receipt,) = RECEIPT.finditer(text)
        head, tail = text[: receipt.start()], without_metrics(text[receipt.end() :])
        dropped_bytes, dropped_lines = int(receipt[1]), int(receipt[2])
        if not written.startswith(head):
            head = head[:-1]  # the receipt begins on a line of its own
        self.assertTrue(written.startswith(head) and written.endswith(tail))
        self.assertEqual(len(head) + dropped_bytes + len(tail), len(written))
        self.assertEqual(dropped_lines, written[len(head) : len(written) - len(tail)].count(b"\n"))
        self.assertGreater(min(len(head), len(tail)), CAP // 16)


def advance_fully(keeper):
    dropped = None
    while dropped != (dropped := keeper.dropped_bytes):
        keeper.advance()


def numbered_lines(count, word="line"):
    return b"".join(f"{word} {number} of the output\n".encode() for number in range(count))


def without_metrics(text):
    """The tail behind the metric lines of a receipt; these tests write none of their own into it."""
    while text.startswith(b"METRIC "):
        text = text[text.index(b"\n") + 1 :]
    return text
