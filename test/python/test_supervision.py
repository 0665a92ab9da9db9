import json
import math
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from scripts import SLEEPER
from supervised_execution import LIMITS, STALL, SupervisedExecution, wait_until

from contact import Contact, uptime_seconds
from process_facts import is_running

SAVER = """
    import time
    import longrun

    print("begins at", (longrun.latest_checkpoint() or (0, None))[0], flush=True)
    while not longrun.should_stop():
        time.sleep(0.02)
    longrun.save_checkpoint(7, lambda path: open(path, "w").write("7"))
    print("leaves")
"""


class RequestTest(unittest.TestCase):
    def test_an_interrupted_training_saves_and_the_next_start_goes_on(self):
        execution = SupervisedExecution(self, SAVER)
        execution.ask()
        execution.wait_for_text("begins at 0")
        execution.request("interrupt")
        execution.wait_for_free_lock()
        self.assertIn("leaves", execution.text())
        self.assertEqual([(execution.control / name).exists() for name in ("interrupt", "exit.json")], [False, False])
        answer = execution.ask()
        self.assertEqual((answer["decision"], answer["state"]["attempt"]), ("resumed", 2))
        execution.wait_for_text("begins at 7")

    def test_an_interruption_that_was_left_over_stops_nobody_later(self):
        execution = SupervisedExecution(self, SLEEPER)
        execution.control.mkdir()
        execution.request("interrupt")
        self.assertEqual(execution.ask()["decision"], "started")
        execution.wait_for_text("ready")
        execution.stop()
        self.assertEqual(execution.wait_for_exit()["reason"], "stopped")

    def test_an_end_that_is_reopened_counts_for_nothing_and_is_kept_aside(self):
        execution = SupervisedExecution(self, SLEEPER)
        execution.ask()
        execution.kill("trainer")
        ended = execution.wait_for_exit()
        self.assertEqual(execution.reopen(2), {"decision": "unchanged"})
        self.assertEqual([execution.reopen(1)["decision"] for _ in range(2)], ["reopened", "unchanged"])
        self.assertEqual(json.loads((execution.control / "exit-1.json").read_text()), ended)
        answer = execution.ask()
        self.assertEqual((answer["decision"], answer["state"]["attempt"]), ("resumed", 2))
        self.assertEqual(execution.reopen(2), {"decision": "unchanged"})

    def test_wrong_arguments_are_told_how_it_is_used(self):
        execution = SupervisedExecution(self, SLEEPER)
        for arguments in (["--reopen"], ["--reopen", "x"], ["--close", "1"]):
            finished = execution.call("", *arguments)
            self.assertEqual((finished.returncode, finished.stdout), (2, ""))
            self.assertRegex(finished.stderr, r"\Asupervisor: usage: .*--reopen")


class ContactTest(unittest.TestCase):
    def test_a_training_that_nobody_hears_of_stops_at_a_checkpoint(self):
        execution = SupervisedExecution(self, SAVER, unattendedSeconds=0.5)
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["code"], ended["reason"]), (0, "unattended"))
        self.assertIn("0.5 s are allowed", ended["message"])
        self.assertIn("leaves", execution.text())

    def test_contact_is_the_last_heartbeat_even_before_the_start_and_without_a_sensible_one_the_start(self):
        with tempfile.TemporaryDirectory(prefix="longrun-test-") as folder:
            contact = Contact(folder, 100)
            self.assertEqual(contact.silence_seconds(130), 30)
            heard = {"120.5\n": 9.5, "130": 0, "99": 31, "0": 130}
            heard |= dict.fromkeys(["-1", "130.1", "", "soon", "nan", "inf", "9" * 99], 30)
            for text, silence in heard.items():
                Path(folder, "contact").write_text(text)
                self.assertEqual(contact.silence_seconds(130), silence, text)


    def test_a_restart_of_the_supervisor_gives_a_host_that_is_cut_off_no_new_allowance(self):
        execution = SupervisedExecution(self, SAVER, unattendedSeconds=1000)
        execution.control.mkdir()
        execution.request("contact", str(uptime_seconds() - 2000 if uptime_seconds() > 2000 else 0))
        execution.spec["unattendedSeconds"] = min(1000, uptime_seconds() / 2)
        execution.ask()
        self.assertEqual(execution.wait_for_exit()["reason"], "unattended")


class UsageTest(unittest.TestCase):
    def test_the_deadline_is_for_all_attempts_together(self):
        script = "import os, time; print('allowed', os.environ['LONGRUN_SECONDS'], flush=True); time.sleep(60)"
        execution = SupervisedExecution(self, script, deadlineSeconds=100, graceSeconds=0)
        execution.ask()
        execution.wait_for_text("allowed")
        execution.request("interrupt")
        execution.wait_for_free_lock()
        used = json.loads((execution.control / "usage.json").read_text())["seconds"]
        self.assertGreater(used, 0)
        (execution.control / "usage.json").write_text(json.dumps({"seconds": 99}))
        execution.ask()
        wait_until(lambda: execution.text().count("allowed") == 2, "the second attempt has begun")
        first, second = (float(line.split()[1]) for line in execution.text().splitlines())
        self.assertTrue(90 < first <= 100 and 0 < second <= 1, (first, second))
        ended = execution.wait_for_exit()
        self.assertEqual((ended["reason"], ended["attempt"]), ("deadline", 2))
        self.assertGreaterEqual(ended["seconds"], 100)

    def test_an_execution_whose_time_is_used_up_is_not_started_again(self):
        execution = SupervisedExecution(self, SLEEPER, deadlineSeconds=10)
        execution.control.mkdir()
        (execution.control / "usage.json").write_text(json.dumps({"seconds": 11.5}))
        answer = execution.ask()
        self.assertEqual((answer["decision"], answer["exit"]["reason"]), ("finished", "deadline"))
        self.assertEqual((answer["exit"]["seconds"], execution.text()), (11.5, ""))

    def test_what_a_killed_supervisor_has_used_is_not_forgotten(self):
        execution = SupervisedExecution(self, SLEEPER)
        execution.ask()
        path = execution.control / "usage.json"
        wait_until(path.exists, "usage.json is there while it runs")
        execution.kill("supervisor")
        self.assertGreater(json.loads(path.read_text())["seconds"], 0)


class LimitTest(unittest.TestCase):
    def test_with_too_little_free_disk_nothing_is_started_and_nothing_recorded(self):
        execution = SupervisedExecution(self, SLEEPER, limits=LIMITS | {"freeDiskBytes": 2**60})
        answer = execution.ask()
        self.assertEqual(answer["decision"], "diskFull")
        self.assertIn(str(execution.work), answer["message"])
        self.assertEqual(execution.ask(limits=LIMITS)["decision"], "started")
        self.assertEqual(json.loads((execution.control / "spec.json").read_text())["limits"], LIMITS)

    def test_a_training_that_is_resumed_keeps_the_limits_of_its_first_start(self):
        script = """
            import os, time
            if os.path.exists("written"):
                time.sleep(1.5)
                raise SystemExit(0)
            open("written", "wb").write(bytes(2**24))
            print("ready", flush=True)
            time.sleep(60)
        """
        execution = SupervisedExecution(self, script, graceSeconds=0)
        execution.ask()
        execution.wait_for_text("ready")
        execution.request("interrupt")
        execution.wait_for_free_lock()
        self.assertEqual(execution.ask(limits=LIMITS | {"workBytes": 2**20})["decision"], "resumed")
        ended = execution.wait_for_exit()
        self.assertEqual((ended["reason"], ended["code"], ended["attempt"]), ("exited", 0, 2))

    def test_a_training_that_stands_still_leaves_its_stack_at_once(self):
        script = """
            import time
            def stuck_in_a_step():
                time.sleep(60)
            stuck_in_a_step()
        """
        stall = STALL | {"quietSeconds": 0.3, "firstStepSeconds": 0.3}
        execution = SupervisedExecution(self, script, stall=stall)
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["signal"], ended["reason"]), ("SIGABRT", "stalled"))
        self.assertIn("before its first step", ended["message"])
        self.assertIn("in stuck_in_a_step", execution.text())
        self.assertNotIn("SIGTERM", execution.log())

    def test_a_training_whose_metric_is_no_number_any_more_is_stopped(self):
        script = """
            import time
            import longrun
            for step in range(10):
                longrun.log(step, loss=float("nan"))
            while not longrun.should_stop():
                time.sleep(0.02)
        """
        execution = SupervisedExecution(self, script)
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["code"], ended["reason"]), (0, "diverged"))
        self.assertIn("loss", ended["message"])

    def test_a_training_that_is_being_stopped_is_killed_at_once_when_memory_runs_out(self):
        script = """
            import signal, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            print("ready", flush=True)
            hoard = []
            while True:
                hoard.append(b"x" * 2**22)
                time.sleep(0.02)
        """
        execution = SupervisedExecution(self, script, graceSeconds=60, limits=LIMITS | {"memoryBytes": 100 * 2**20})
        execution.ask()
        execution.wait_for_text("ready")
        execution.stop()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["signal"], ended["reason"]), ("SIGKILL", "stopped"))

    @unittest.skipUnless(sys.platform == "linux", "elsewhere the middle of a file cannot be freed")
    def test_a_training_that_prints_faster_than_its_output_is_dropped_waits_for_it(self):
        script = """
            import os
            block = (b"x" * 120 + b"\\n") * 8700
            for _ in range(1000):
                os.write(1, block)
        """
        execution = SupervisedExecution(self, script, limits=LIMITS | {"outputBytes": 2**23})
        execution.ask()
        most_bytes = 0
        while not Path(execution.control, "exit.json").exists():
            most_bytes = max(most_bytes, execution.output.stat().st_blocks * 512)
        self.assertLess(most_bytes, 2**29)  # of the gigabyte that it prints; more than that on no machine, however busy
        self.assertEqual(execution.wait_for_exit()["reason"], "exited")
        self.assertLess(execution.output.stat().st_size, 2**23)

    def test_a_file_has_no_more_bytes_than_are_allowed_and_there_is_no_core_dump(self):
        script = """
            import os, resource
            print(*resource.getrlimit(resource.RLIMIT_FSIZE), *resource.getrlimit(resource.RLIMIT_CORE))
            os.abort()
        """
        execution = SupervisedExecution(self, script, limits=LIMITS | {"fileBytes": 1e6})
        execution.spec["environment"] |= {"PYTHONFAULTHANDLER": ""}
        execution.ask()
        self.assertEqual(execution.wait_for_exit()["signal"], "SIGABRT")
        self.assertEqual(execution.text(), "1000000 1000000 1 1\n")
        self.assertEqual(list(execution.work.glob("core*")), [])

    def test_each_wrong_field_is_named_however_deep_it_lies(self):
        execution = SupervisedExecution(self, SLEEPER, sandbox={})
        sandbox, slot = execution.spec["sandbox"], {"name": "GPU-a", "lockFile": "/lock", "deviceNodes": []}
        wrong = {
            "limits.memoryBytes": {"limits": LIMITS | {"memoryBytes": 0}},
            "limits.workFiles": {"limits": {name: value for name, value in LIMITS.items() if name != "workFiles"}},
            "stall.quietSeconds": {"stall": STALL | {"quietSeconds": math.inf}},
            "stall.more": {"stall": STALL | {"more": 1}},
            "slots[1].lockFile": {"slots": [slot, slot | {"lockFile": "lock"}]},
            "visibleDevices": {"visibleDevices": "A=B"},
            "sandbox.readOnlyPaths[0]": {"sandbox": sandbox | {"readOnlyPaths": ["/work/python"]}},
            "sandbox.dataSets[0].name": {"sandbox": sandbox | {"dataSets": [{"name": "../etc", "path": "/usr"}]}},
        }
        for place, change in wrong.items():
            finished = execution.call(json.dumps(execution.spec | change))
            self.assertEqual((finished.returncode, finished.stdout), (2, ""), place)
            self.assertIn(f"'{place}'", finished.stderr)
        self.assertFalse(execution.control.exists())


class ForeignProcessTest(unittest.TestCase):
    """What is recorded may be of before a restart of the host: then its pids are other processes' now."""

    def setUp(self):
        self.execution = SupervisedExecution(self, SLEEPER, graceSeconds=0)
        self.execution.ask()
        self.execution.kill("supervisor")
        self.execution.kill("trainer")
        self.foreign = subprocess.Popen(["sleep", "60"])
        self.addCleanup(self.foreign.wait)
        self.addCleanup(self.foreign.kill)

    def resume_with(self, **recorded):
        path = self.execution.control / "state.json"
        path.write_text(json.dumps(self.execution.state() | recorded))
        self.assertEqual(self.execution.ask()["decision"], "resumed")
        self.execution.stop()
        self.execution.wait_for_exit()
        self.assertIsNone(self.foreign.poll())

    def test_after_a_restart_of_the_host_the_training_is_resumed_and_no_foreign_process_is_signalled(self):
        start = Path("/proc", str(self.foreign.pid), "stat").read_text().rpartition(")")[2].split()[19]
        trainer = {"pid": self.foreign.pid, "startTime": start}
        self.assertTrue(is_running(*trainer.values()))
        self.resume_with(bootId="of the boot before", trainer=trainer, supervisor=trainer)

    def test_a_pid_that_is_another_processs_now_is_not_the_trainers(self):
        self.resume_with(trainer={"pid": self.foreign.pid, "startTime": "1"})


if sys.platform != "linux":
    del ForeignProcessTest


if __name__ == "__main__":
    unittest.main()
