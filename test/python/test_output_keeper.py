import random
import re
import signal
import subprocess
import sys
import unittest
from unittest.mock import patch

from kept_output import CAP, NEEDS_HOLES, RECEIPT, OutputKeeperTest, advance_fully, numbered_lines
from supervised_execution import SUPERVISOR_FOLDER, wait_until

METRIC = re.compile(rb"^METRIC ([A-Za-z_][\w./-]{0,99})=(\S{1,40})\s*$", re.MULTILINE)


@NEEDS_HOLES
class DroppingTest(OutputKeeperTest):
    def test_an_output_within_the_cap_stays_as_it_is(self):
        text = numbered_lines(500)
        self.assertEqual(self.keep(text), text)
        self.assertEqual(list(self.control.iterdir()), [])

    def test_of_a_long_output_the_head_and_the_tail_stay_with_a_receipt_between_them(self):
        written = numbered_lines(20_000)
        text = self.keep(written)
        self.assert_complete(text, written)
        self.assertLess(len(text), CAP + 200)

    def test_the_disk_used_stays_within_the_cap_while_the_program_writes(self):
        keeper = self.keeper()
        used = []
        for _ in range(100):
            self.write(numbered_lines(500))
            advance_fully(keeper)
            used.append(self.allocated_bytes())
        keeper.finish()
        self.assertLessEqual(max(used), CAP + 3 * 4096)
        self.assertEqual(keeper.size, 100 * len(numbered_lines(500)))

    def test_two_hundred_megabytes_without_a_newline_are_cut_to_the_cap(self):
        block = b"x" * 2**20
        keeper = self.keeper()
        for _ in range(200):
            self.write(block)
            keeper.advance()
        keeper.finish()
        text = self.file.read_bytes()
        (receipt,) = RECEIPT.finditer(text)
        self.assertEqual(int(receipt[1]) + text.count(b"x"), 200 * 2**20)
        self.assertEqual(int(receipt[2]), 0)
        self.assertLess(len(text), CAP + 200)

    def test_binary_output_keeps_its_bytes(self):
        written = random.Random(1).randbytes(500_000)
        text = self.keep(written[:100_000], written[100_000:])
        self.assert_complete(text, written)

    def test_what_is_written_while_nobody_looks_is_cut_by_the_end(self):
        written = numbered_lines(50_000)
        self.write(written)
        self.keeper().finish()
        self.assert_complete(self.file.read_bytes(), written)

    def test_a_later_attempt_appends_and_one_receipt_counts_both(self):
        first, second, third = numbered_lines(9_000), numbered_lines(8_000, "second"), b"a last line\n"
        self.keep(first)
        self.keep(second)
        text = self.keep(third)
        self.assert_complete(text, first + second + third)
        self.assertEqual(self.keeper().size, len(first + second + third))

    def test_an_attempt_that_drops_nothing_leaves_the_receipt_of_the_one_before(self):
        before = self.keep(numbered_lines(20_000))
        keeper = self.keeper()
        self.write(b"resumed\n")
        keeper.advance()
        keeper.finish()
        self.assertEqual(self.file.read_bytes(), before + b"resumed\n")
        self.assertEqual(keeper.dropped_bytes, int(RECEIPT.search(before)[1]))


@NEEDS_HOLES
class MetricLinesTest(OutputKeeperTest):
    def test_the_last_value_of_every_metric_survives_wherever_the_cuts_fall(self):
        choice = random.Random(2)
        lines = []
        for number in range(20_000):
            lines.append(b"x" * choice.randrange(200))
            lines.append(b"METRIC m%d=%d" % (choice.randrange(300), number))
        written = b"\n".join(lines) + b"\n"
        parts = [written[start : start + 50_001] for start in range(0, len(written), 50_001)]
        self.assertEqual(metrics_of(self.keep(*parts)), metrics_of(written))

    def test_the_end_of_a_long_line_is_none_wherever_it_is_cut(self):
        long_line = b"x" * 10_000 + b"METRIC a=1\n"
        parts = [long_line[:5_000], long_line[5_000:] + long_line * 9, b"METRIC b=1\n", numbered_lines(20_000)]
        self.assertEqual(metrics_of(self.keep(numbered_lines(1_000), *parts)), {b"b": b"1"})

    def test_metrics_of_an_earlier_attempt_survive_a_later_one(self):
        first = numbered_lines(1_000) + b"METRIC a=1\nMETRIC b=1\n" + numbered_lines(9_000)
        second = numbered_lines(1_000) + b"METRIC b=2\n" + numbered_lines(9_000)
        self.keep(first)
        self.assertEqual(metrics_of(self.keep(second)), {b"a": b"1", b"b": b"2"})


@NEEDS_HOLES
class CrashTest(OutputKeeperTest):
    def test_after_a_crash_between_the_record_and_the_hole_the_count_is_right(self):
        written = numbered_lines(20_000)
        self.write(written)
        advance_fully(self.keeper())
        self.file.write_bytes(written)  # as if nothing had been punched
        keeper = self.keeper()
        self.assertLess(self.allocated_bytes(), CAP + 3 * 4096)
        keeper.finish()
        self.assert_complete(self.file.read_bytes(), written)

    def test_keepers_that_are_killed_while_they_work_lose_no_count(self):
        written = numbered_lines(400_000)
        loop = "while True: keeper.advance()"
        for start in range(0, len(written), len(written) // 8):
            with self.running_keeper(loop) as process:
                self.write(written[start : start + len(written) // 8])
                wait_until(lambda: self.allocated_bytes() < len(written) // 10, "something is dropped")
                process.kill()
        keeper = self.keeper()
        keeper.finish()
        self.assert_complete(self.file.read_bytes(), written)

    def test_a_crash_after_the_file_was_replaced_does_not_count_twice(self):
        first, second = numbered_lines(20_000), numbered_lines(10_000, "second")
        self.write(first)
        with self.running_keeper(KILLED_AFTER_REPLACING) as process:
            self.assertEqual(process.wait(), -signal.SIGKILL)
        self.assert_complete(self.file.read_bytes(), first)
        self.assert_complete(self.keep(second), first + second)

    def test_a_crash_before_the_file_was_replaced_is_repeated(self):
        first, second = numbered_lines(20_000), numbered_lines(10_000, "second")
        self.write(first)
        with self.running_keeper(KILLED_AFTER_REPLACING.replace("replace(source, target); ", "")) as process:
            self.assertEqual(process.wait(), -signal.SIGKILL)
        self.assert_complete(self.keep(second), first + second)

    def running_keeper(self, then):
        lines = [
            "import sys; sys.path.append(sys.argv[1])",
            "import os, signal, output_keeper",
            "keeper = output_keeper.OutputKeeper(sys.argv[2], sys.argv[3], int(sys.argv[4]))",
            then,
        ]
        arguments = [str(SUPERVISOR_FOLDER), str(self.control), str(self.file), str(CAP)]
        return subprocess.Popen([sys.executable, "-c", "\n".join(lines), *arguments])


KILLED_AFTER_REPLACING = """
replace = os.replace
def replace_and_die(source, target):
    if target == sys.argv[3]:
        replace(source, target); os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)
os.replace = replace_and_die
keeper.finish()
"""


class OverflowTest(OutputKeeperTest):
    @NEEDS_HOLES
    def test_where_holes_can_be_punched_no_output_is_too_much(self):
        keeper = self.keeper()
        self.write(numbered_lines(20_000))
        keeper.advance()
        self.assertIsNone(keeper.overflow())

    def test_where_they_cannot_the_cap_is_the_limit_and_nothing_is_dropped(self):
        with patch("output_keeper.can_punch_holes", return_value=False):
            keeper = self.keeper()
        self.write(b"x" * CAP)
        keeper.advance()
        self.assertIsNone(keeper.overflow())
        self.write(b"x")
        keeper.advance()
        self.assertIn(f"the output has {CAP + 1} bytes, the limit is {CAP}", keeper.overflow())
        keeper.finish()
        self.assertEqual(self.file.read_bytes(), b"x" * (CAP + 1))


def metrics_of(text):
    return dict(METRIC.findall(text))


if __name__ == "__main__":
    unittest.main()
