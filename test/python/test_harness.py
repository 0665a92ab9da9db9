import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

from supervised_execution import PYTHON_FOLDER, run_to_end


class HarnessTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="longrun-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def environment(self, **variables):
        plain = {name: value for name, value in os.environ.items() if not name.startswith("LONGRUN_")}
        return plain | {"PYTHONPATH": str(PYTHON_FOLDER), "PYTHONDONTWRITEBYTECODE": "1"} | variables

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

    def records(self):
        return [strict_json(line) for line in (self.folder / "metrics.jsonl").read_text().splitlines()]


class MetricsTest(HarnessTest):
    def test_a_script_started_by_hand_writes_to_the_current_folder_with_seed_0_and_no_deadline(self):
        script = """
            print(longrun.seed, longrun.rehearsal, longrun.time_left(), longrun.should_stop(), longrun.latest_checkpoint())
            longrun.log(12, loss=0.50124, val_error=3.1)
            longrun.finish(val_error=3)
        """
        lines = self.run_well(script).splitlines()
        self.assertEqual(lines[0], "0 False inf False None")
        self.assertEqual(lines[1:], ["step 12: loss=0.50124 val_error=3.1", "finished: val_error=3"])
        (record,) = self.records()
        self.assertEqual((record["step"], record["metrics"]), (12, {"loss": 0.50124, "val_error": 3.1}))
        self.assertGreaterEqual(record["seconds"], 0)
        result = strict_json((self.folder / "result.json").read_text())
        self.assertEqual((result["metrics"], result["step"]), ({"val_error": 3.0}, 12))

    def test_longrun_gives_the_folder_the_seed_and_the_rehearsal(self):
        output = self.folder / "elsewhere"
        script = "print(longrun.seed, longrun.rehearsal); longrun.finish(loss=1)"
        variables = {"LONGRUN_OUTPUT": str(output), "LONGRUN_SEED": "7", "LONGRUN_REHEARSAL": "1"}
        self.assertEqual(self.run_well(script, **variables).splitlines()[0], "7 True")
        self.assertIsNone(strict_json((output / "result.json").read_text())["step"])

    def test_nan_and_infinities_are_strings_that_a_strict_reader_takes(self):
        self.run_well("longrun.log(1, a=float('nan'), b=float('inf'), c=-float('inf')); longrun.finish(a=float('nan'))")
        self.assertEqual(self.records()[0]["metrics"], {"a": "NaN", "b": "Infinity", "c": "-Infinity"})
        self.assertEqual(strict_json((self.folder / "result.json").read_text())["metrics"], {"a": "NaN"})

    def test_scalars_of_other_libraries_count_as_numbers(self):
        script = """
            class Scalar:
                def __float__(self): return 2.5
                def __index__(self): return 4
            longrun.log(Scalar(), loss=Scalar())
        """
        self.run_well(script)
        self.assertEqual((self.records()[0]["step"], self.records()[0]["metrics"]), (4, {"loss": 2.5}))

    def test_a_metric_that_is_not_a_number_is_an_error_that_names_it(self):
        for value in ("'0.5'", "None", "[1.0]"):
            finished = self.run_script(f"longrun.log(1, good=1, val_error={value})")
            self.assertIn("TypeError: the metric 'val_error' must be one number", finished.stderr)
        self.assertFalse((self.folder / "metrics.jsonl").exists())

    def test_a_line_that_a_killed_process_left_torn_does_not_spoil_the_next_one(self):
        (self.folder / "metrics.jsonl").write_text('{"step": 1, "sec')
        self.run_well("longrun.log(2, loss=1)")
        torn, whole = (self.folder / "metrics.jsonl").read_text().splitlines()
        self.assertEqual((torn, strict_json(whole)["step"]), ('{"step": 1, "sec', 2))

    def test_the_example_of_the_documentation_runs_and_ends_with_a_result(self):
        documentation = run_to_end(self.command("import longrun; print(longrun.__doc__)"), env=self.environment()).stdout
        example = documentation.split("final result:\n")[1].split("With PyTorch")[0]
        self.run_well(textwrap.dedent(example), LONGRUN_SEED="1", LONGRUN_REHEARSAL="1")
        self.assertLess(strict_json((self.folder / "result.json").read_text())["metrics"]["val_error"], 1)
        self.assertEqual([record["step"] for record in self.records()], [100, 200])


class CheckpointTest(HarnessTest):
    SAVE = """
        def save(step):
            longrun.save_checkpoint(step, lambda path: open(path, "w").write(f"content {step}"))
        def latest():
            checkpoint = longrun.latest_checkpoint()
            return checkpoint and (checkpoint[0], open(checkpoint[1]).read())
    """

    def saving(self, script):
        return textwrap.dedent(self.SAVE) + script

    def checkpoint_files(self):
        return sorted((self.folder / "checkpoints").glob("step-*"))

    def test_the_last_two_checkpoints_are_kept_and_the_newest_is_found(self):
        printed = self.run_well(self.saving("save(1); save(2); save(30); print(latest())"))
        self.assertEqual(printed, "(30, 'content 30')\n")
        self.assertEqual([file.read_text() for file in self.checkpoint_files()], ["content 2", "content 30"])

    def test_a_torn_checkpoint_is_skipped_for_the_one_before_it(self):
        self.run_well(self.saving("save(1); save(2)"))
        self.checkpoint_files()[1].write_text("conte")
        finished = self.run_script(self.saving("print(latest())"))
        self.assertEqual(finished.stdout, "(1, 'content 1')\n")
        self.assertIn("step 2 is damaged", finished.stderr)

    def test_an_altered_checkpoint_of_the_same_length_is_skipped(self):
        self.run_well(self.saving("save(1); save(2)"))
        self.checkpoint_files()[1].write_text("content X")
        self.assertEqual(self.run_script(self.saving("print(latest())")).stdout, "(1, 'content 1')\n")

    def test_after_a_damaged_checkpoint_the_ones_saved_anew_count(self):
        self.run_well(self.saving("save(1); save(20)"))
        self.checkpoint_files()[1].write_text("conte")
        self.assertEqual(self.run_well(self.saving("save(15); print(latest())")), "(15, 'content 15')\n")

    def test_a_process_that_is_killed_while_it_writes_leaves_the_checkpoint_before_it(self):
        self.run_well(self.saving("save(1)"))
        killed = """
            import os, signal
            def write(path):
                open(path, "w").write("half")
                os.kill(os.getpid(), signal.SIGKILL)
            longrun.save_checkpoint(2, write)
        """
        self.assertEqual(self.run_script(killed).returncode, -signal.SIGKILL)
        self.assertEqual(self.run_well(self.saving("print(latest()); save(2)")), "(1, 'content 1')\n")
        self.assertEqual(list((self.folder / "checkpoints").glob(".*")), [])

    def test_a_manifest_that_is_damaged_means_no_checkpoint_and_is_said(self):
        self.run_well(self.saving("save(1)"))
        (self.folder / "checkpoints" / "manifest.json").write_text("{")
        finished = self.run_script("print(longrun.latest_checkpoint())")
        self.assertEqual((finished.returncode, finished.stdout), (0, "None\n"))
        self.assertIn("manifest.json is damaged", finished.stderr)

    def test_a_writer_that_writes_elsewhere_is_an_error_with_the_mend(self):
        finished = self.run_script("longrun.save_checkpoint(1, lambda path: open(path + '.npy', 'w').close())")
        self.assertIn("exactly the path it is given", finished.stderr)


class StopTest(HarnessTest):
    WAITS = """
        import time
        import longrun
        print("ready")
        while not longrun.should_stop():
            time.sleep(0.01)
        print("left in good order")
    """

    def test_sigterm_asks_the_script_to_stop_and_does_nothing_else(self):
        with subprocess.Popen(
            self.command(self.WAITS), stdout=subprocess.PIPE, text=True, cwd=self.folder, env=self.environment()
        ) as process:
            self.assertEqual(process.stdout.readline(), "ready\n")
            process.terminate()
            self.assertEqual(process.stdout.read(), "left in good order\n")
        self.assertEqual(process.returncode, 0)

    def test_the_script_is_asked_to_stop_when_the_deadline_is_near(self):
        waits = self.run_well(self.WAITS + "    print(longrun.time_left() > 0)\n", LONGRUN_SECONDS="1")
        self.assertEqual(waits.splitlines()[1], "left in good order")

    def test_time_left_comes_from_the_allowed_seconds(self):
        left = float(self.run_well("print(longrun.time_left())", LONGRUN_SECONDS="1000"))
        self.assertTrue(math.isfinite(left) and 0 < left <= 1000)

    def test_a_wrong_variable_is_an_error_that_names_it(self):
        self.assertIn("LONGRUN_SECONDS must be a number", self.run_script("", LONGRUN_SECONDS="soon").stderr)

    def test_a_forked_worker_still_dies_of_sigterm(self):
        script = """
            import multiprocessing, time
            worker = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
            worker.start()
            worker.terminate()
            worker.join()
            print(worker.exitcode)
        """
        self.assertEqual(self.run_well(script), f"{-signal.SIGTERM}\n")

    def test_imported_in_another_thread_it_leaves_the_signals_alone(self):
        script = """
            import signal, threading
            thread = threading.Thread(target=__import__, args=("longrun",))
            thread.start()
            thread.join()
            print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)
        """
        finished = run_to_end(self.command(script), cwd=self.folder, env=self.environment())
        self.assertEqual((finished.stdout, finished.stderr), ("True\n", ""))


def strict_json(text):
    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


if __name__ == "__main__":
    unittest.main()
