import json
import math
import os
import socket
import tempfile
import unittest
from pathlib import Path

from supervised_execution import SUPERVISOR_FOLDER  # noqa: F401 (it makes the modules below importable)

from progress_monitor import ProgressMonitor

STALL = {"quietSeconds": 100, "stepFactor": 20, "firstStepSeconds": 1000}


class ProgressMonitorTest(unittest.TestCase):
    """The time is the tests' own: `now` is what they say it is."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="longrun-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / "metrics.jsonl"

    def monitor(self, **changes):
        return ProgressMonitor(str(self.file), STALL | changes, 0)

    def append(self, text):
        with open(self.file, "a") as file:
            file.write(text)

    def replace(self, text):
        other = self.folder / "other"
        other.write_text(text)
        os.replace(other, self.file)

    def has_step(self, monitor):
        """Whether it has seen a step: from then on it is less patient."""
        return monitor.stalled(STALL["firstStepSeconds"]) is not None


class StallTest(ProgressMonitorTest):
    def test_before_the_first_step_the_limit_is_that_of_the_first_step(self):
        monitor = self.monitor()
        monitor.advance(0, "same")
        self.assertIsNone(monitor.stalled(1000))
        self.assertIn("for 1001 seconds, before its first step; the limit was 1000 seconds", monitor.stalled(1001))

    def test_that_limit_is_never_below_the_quiet_time(self):
        monitor = self.monitor(firstStepSeconds=10)
        self.assertIsNone(monitor.stalled(100))
        self.assertIsNotNone(monitor.stalled(101))

    def test_after_a_step_the_quiet_time_is_the_limit(self):
        monitor = self.monitor()
        self.append(line(1))
        monitor.advance(50, None)
        self.assertIsNone(monitor.stalled(150))
        self.assertIn("for 101 seconds, since step 1; the limit was 100 seconds", monitor.stalled(151))

    def test_slow_steps_raise_the_limit_to_a_multiple_of_their_median(self):
        monitor = self.monitor()
        for step, now in enumerate((10, 40, 70, 99, 129)):
            self.append(line(step))
            monitor.advance(now, None)
        self.assertIsNone(monitor.stalled(129 + 600))
        self.assertIn("the limit was 600 seconds (20 times the usual 30.0 seconds of a step)", monitor.stalled(129 + 601))

    def test_only_the_last_fifty_steps_are_usual(self):
        monitor = self.monitor()
        for step in range(60):
            self.append(line(step))
            monitor.advance(step * 30, None)
        for step in range(51):
            self.append(line(60 + step))
            monitor.advance(60 * 30 + step, None)
        self.assertIn("the limit was 100 seconds", monitor.stalled(10_000))

    def test_steps_that_are_read_together_share_their_time(self):
        monitor = self.monitor()
        self.append(line(1))
        monitor.advance(10, None)
        self.append("".join(line(step) for step in range(2, 12)))
        monitor.advance(110, None)
        self.assertIn("20 times the usual 10.0 seconds", monitor.stalled(10_000))

    def test_a_change_of_the_activity_is_a_sign_of_life(self):
        monitor = self.monitor()
        monitor.advance(0, (10, 7))
        monitor.advance(900, (11, 7))
        monitor.advance(1800, (11, 8))
        self.assertIsNone(monitor.stalled(2800))
        monitor.advance(2801, (11, 8))
        self.assertIsNotNone(monitor.stalled(2801))

    def test_a_step_that_does_not_grow_is_no_step(self):
        monitor = self.monitor()
        self.append(line(5))
        monitor.advance(10, None)
        self.append(line(5) + line(4))
        monitor.advance(100, None)
        self.assertIn("for 101 seconds, since step 5", monitor.stalled(111))


class DivergenceTest(ProgressMonitorTest):
    def divergence(self, *values, name="loss"):
        monitor = self.monitor()
        for step, value in enumerate(values):
            self.append(line(step, **{name: value}))
        monitor.advance(1, None)
        return monitor.diverged()

    def test_three_steps_in_a_row_without_a_finite_number_are_a_divergence_that_names_metric_and_steps(self):
        message = self.divergence(1.0, "NaN", "Infinity", "-Infinity", 1.0)
        self.assertEqual(message, "the metric 'loss' was NaN or infinite in three consecutive steps: 1, 2, 3")

    def test_bare_constants_of_foreign_writers_count(self):
        self.assertIsNotNone(self.divergence(math.nan, math.inf, math.nan))

    def test_a_finite_number_between_them_ends_the_row(self):
        self.assertIsNone(self.divergence("NaN", "NaN", 1.0, "NaN", "NaN"))

    def test_only_steps_in_which_the_metric_was_logged_count(self):
        monitor = self.monitor()
        for step in range(6):
            self.append(line(step, error="NaN") if step % 2 else line(step, loss=1))
        monitor.advance(1, None)
        self.assertIn("steps: 1, 3, 5", monitor.diverged())

    def test_one_step_counts_once(self):
        monitor = self.monitor()
        self.append(line(1, loss="NaN") * 3 + line(2, loss="NaN"))
        monitor.advance(1, None)
        self.assertIsNone(monitor.diverged())

    def test_several_metrics_do_not_add_up(self):
        monitor = self.monitor()
        self.append(line(1, a="NaN") + line(2, b="NaN") + line(3, c="NaN"))
        monitor.advance(1, None)
        self.assertIsNone(monitor.diverged())

    def test_a_name_cannot_put_a_line_break_into_the_message(self):
        self.assertNotIn("\n", self.divergence("NaN", "NaN", "NaN", name="a\nb"))

    def test_lines_of_an_earlier_attempt_count_for_nothing(self):
        self.append("".join(line(step, loss="NaN") for step in range(5)))
        monitor = self.monitor()
        monitor.advance(1, None)
        self.assertIsNone(monitor.diverged())
        self.assertFalse(self.has_step(monitor))

    def test_of_a_file_that_the_harness_cleaned_up_for_a_new_attempt_only_the_new_line_counts(self):
        earlier = "".join(line(step, loss="NaN") for step in range(5))
        self.append(earlier)
        monitor = self.monitor()
        monitor.advance(1, None)
        self.replace(earlier + line(5, loss="NaN"))
        monitor.advance(2, None)
        self.assertIsNone(monitor.diverged())
        self.assertTrue(self.has_step(monitor))
        self.append(line(6, loss="NaN") + line(7, loss="NaN"))
        monitor.advance(3, None)
        self.assertIn("steps: 5, 6, 7", monitor.diverged())


class UntrustedFileTest(ProgressMonitorTest):
    def test_lines_that_are_no_metric_lines_are_ignored(self):
        monitor = self.monitor()
        others = ["", "junk", "[]", "1", "null", '{"step": "1", "metrics": {}}', '{"step": true, "metrics": {}}']
        others += ['{"step": 1}', '{"step": 1, "metrics": []}', '{"step": NaN, "metrics": {}}', "[" * 20_000]
        others += ['{"step": ' + "9" * 5_000 + ', "metrics": {}}', '{"step": 1, "metrics": {}}' + " " * 70_000]
        self.append("\n".join(others) + "\n")
        monitor.advance(1, None)
        self.assertFalse(self.has_step(monitor))

    def test_bytes_that_are_no_text_are_ignored(self):
        monitor = self.monitor()
        self.file.write_bytes(bytes(range(256)) * 10 + b"\n" + line(1).encode())
        monitor.advance(1, None)
        self.assertTrue(self.has_step(monitor))

    def test_a_line_in_two_pieces_is_one_line(self):
        monitor = self.monitor()
        self.append(line(1)[:20])
        monitor.advance(1, None)
        self.assertFalse(self.has_step(monitor))
        self.append(line(1)[20:])
        monitor.advance(2, None)
        self.assertTrue(self.has_step(monitor))

    def test_megabytes_without_a_line_break_are_passed_over_in_bounded_portions(self):
        monitor = self.monitor()
        self.append("x" * 3_000_000 + "\n" + line(1))
        advances = 0
        while not self.has_step(monitor):
            monitor.advance(1, None)
            advances += 1
        self.assertGreaterEqual(advances, 10)

    def test_a_file_that_shrinks_is_followed_from_its_new_end(self):
        monitor = self.monitor()
        self.append(line(1) * 10)
        monitor.advance(1, None)
        os.truncate(self.file, 5)
        monitor.advance(2, None)
        self.append("\n" + line(2))
        monitor.advance(50, None)
        self.assertIn("since step 2", monitor.stalled(10_000))

    def test_a_link_a_pipe_a_socket_and_a_folder_in_its_place_are_no_file(self):
        secret = self.folder / "secret"
        secret.write_text(line(1))
        for put in (lambda: self.file.symlink_to(secret), lambda: os.mkfifo(self.file), self.bind, self.file.mkdir):
            monitor = self.monitor()
            put()
            monitor.advance(1, None)
            self.assertFalse(self.has_step(monitor))
            self.file.rmdir() if self.file.is_dir() else self.file.unlink()

    def test_after_a_link_was_there_the_file_is_read_again(self):
        monitor = self.monitor()
        self.file.symlink_to("/dev/zero")
        monitor.advance(1, None)
        self.file.unlink()
        self.append(line(1))
        monitor.advance(2, None)
        self.assertTrue(self.has_step(monitor))

    def bind(self):
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(str(self.file))


def line(step, **metrics):
    return json.dumps({"step": step, "seconds": 1.5, "metrics": metrics or {"loss": 0.5}}) + "\n"


if __name__ == "__main__":
    unittest.main()
