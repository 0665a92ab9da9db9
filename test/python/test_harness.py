import json
import math
import signal
import subprocess
import textwrap
import unittest

from harness_test import HarnessTest, strict_json
from supervised_execution import run_to_end


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

    def test_a_line_that_a_killed_process_left_torn_is_dropped(self):
        (self.folder / "metrics.jsonl").write_text(metric_line(1) + '{"step": 2, "sec')
        self.run_well("longrun.log(2, loss=1)")
        self.assertEqual(self.steps(), [1, 2])

    def test_the_first_log_of_a_process_replaces_what_earlier_ones_logged_from_that_step_on(self):
        self.run_well("for step in range(1, 10): longrun.log(step, loss=1)")
        self.run_well("for step in range(6, 8): longrun.log(step, loss=2)")
        self.assertEqual(self.steps(), [1, 2, 3, 4, 5, 6, 7])
        self.assertEqual([record["metrics"]["loss"] for record in self.records()], [1, 1, 1, 1, 1, 2, 2])

    def test_two_lines_of_the_same_step_in_one_process_are_both_kept(self):
        self.run_well("longrun.log(1, loss=1); longrun.log(1, val_error=2); longrun.log(2, loss=3)")
        self.assertEqual(self.steps(), [1, 1, 2])

    def test_a_process_that_is_killed_while_it_replaces_them_leaves_the_lines_as_they_were(self):
        self.run_well("for step in range(1, 4): longrun.log(step, loss=1)")
        killed = """
            import os, signal
            os.replace = lambda source, target: os.kill(os.getpid(), signal.SIGKILL)
            longrun.log(2, loss=2)
        """
        self.assertEqual(self.run_script(killed).returncode, -signal.SIGKILL)
        self.assertEqual(self.steps(), [1, 2, 3])
        self.run_well("longrun.log(2, loss=2)")
        self.assertEqual(self.steps(), [1, 2])

    def test_a_metrics_file_that_is_no_metrics_file_stops_nothing(self):
        junk = b"\x00\xff\n[]\n[[[[\n" + b"[" * 100_000 + b'\n{"step": "x"}\n{"step": null}\n'
        (self.folder / "metrics.jsonl").write_bytes(junk + b"x" * 3_000_000)
        self.run_well("longrun.log(1, loss=1); longrun.log(2, loss=1)")
        lines = (self.folder / "metrics.jsonl").read_bytes().removeprefix(junk).splitlines()
        self.assertEqual([strict_json(line)["step"] for line in lines], [1, 2])

    def test_the_example_of_the_documentation_runs_and_ends_with_a_result(self):
        documentation = run_to_end(self.command("import longrun; print(longrun.__doc__)"), env=self.environment()).stdout
        example = documentation.split("final result:\n")[1].split("With PyTorch")[0]
        self.run_well(textwrap.dedent(example), LONGRUN_SEED="1", LONGRUN_REHEARSAL="1")
        self.assertLess(strict_json((self.folder / "result.json").read_text())["metrics"]["val_error"], 1)
        self.assertEqual(self.steps(), [100, 200])


class SeveralGpusTest(HarnessTest):
    SCRIPT = """
        print(longrun.gpus, longrun.should_stop())
        longrun.log(1, loss=1)
        longrun.save_checkpoint(1, lambda path: open(path, "w").close(), metric=1)
        longrun.finish(loss=1)
    """

    def test_the_number_of_gpus_comes_from_longrun(self):
        self.assertEqual(self.run_well("print(longrun.gpus)"), "0\n")
        self.assertEqual(self.run_well("print(longrun.gpus)", LONGRUN_GPUS="8"), "8\n")

    def test_only_rank_0_prints_and_writes(self):
        self.assertEqual(self.run_well(self.SCRIPT, RANK="1", LONGRUN_GPUS="2"), "2 False\n")
        self.assertEqual(list(self.folder.iterdir()), [])
        printed = self.run_well(self.SCRIPT, RANK="0", LONGRUN_GPUS="2")
        self.assertEqual(printed, "2 False\nstep 1: loss=1\nfinished: loss=1\n")
        names = sorted(path.name for path in self.folder.iterdir())
        self.assertEqual(names, ["checkpoints", "metrics.jsonl", "result.json"])

    def test_every_rank_finds_the_checkpoints(self):
        self.run_well(self.SCRIPT, RANK="0")
        script = "print(longrun.latest_checkpoint()[0], longrun.best_checkpoint()[0])"
        self.assertEqual(self.run_well(script, RANK="1"), "1 1\n")


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


def metric_line(step):
    return json.dumps({"step": step, "seconds": 1.5, "metrics": {"loss": 0.5}}) + "\n"


if __name__ == "__main__":
    unittest.main()
