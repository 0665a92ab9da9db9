import json
import os
import sys
import time
import unittest
from pathlib import Path

from scripts import COUNTER, SLEEPER
from supervised_execution import SupervisedExecution, pids_in, wait_until

from process_facts import is_running

STUBBORN = """
    import os, signal, subprocess, sys, time
    for number in (signal.SIGTERM, signal.SIGABRT):
        signal.signal(number, signal.SIG_IGN)
    subprocess.Popen(["sleep", "60"])
    subprocess.Popen(["sleep", "60"], start_new_session=True)
    print("ready", flush=True)
    time.sleep(60)
"""


class UnwatchedTrainerTest(unittest.TestCase):
    """A trainer without a sandbox whose supervisor was killed."""

    def unwatched(self, script, text, **changes):
        execution = SupervisedExecution(self, script, **changes)
        execution.ask()
        execution.wait_for_text(text)
        execution.kill("supervisor")
        return execution

    def assert_trainer_is_gone(self, execution, trainer):
        self.assertFalse(is_running(trainer["pid"], trainer["startTime"]))
        self.assertEqual(pids_in(execution.work), [])

    def test_a_stop_lets_it_save_and_leave_and_is_its_end(self):
        execution = self.unwatched(COUNTER, "step 3:")
        state = execution.state()
        execution.stop()
        answer = execution.ask()
        self.assertEqual(answer["decision"], "finished")
        ended = answer["exit"]
        self.assertEqual([ended[name] for name in ("code", "signal", "reason", "attempt")], [None, None, "stopped", 1])
        self.assertEqual((ended["startedAt"], ended["sandbox"], ended["slots"]), (state["startedAt"], "off", []))
        self.assertGreater(ended["seconds"], 0)
        self.assertIn("supervisor was lost", ended["message"])
        self.assertIn("leaves at", execution.text())
        self.assert_trainer_is_gone(execution, state["trainer"])
        self.assertEqual((execution.wait_for_exit(), execution.ask()), (ended, answer))

    def test_one_that_ignores_every_signal_is_killed_with_its_children_in_whatever_session(self):
        execution = self.unwatched(STUBBORN, "ready", graceSeconds=0)
        trainer = execution.state()["trainer"]
        self.assertNotEqual(pids_in(execution.work), [])
        execution.stop()
        self.assertEqual(execution.ask()["exit"]["reason"], "stopped")
        self.assert_trainer_is_gone(execution, trainer)

    def test_one_that_let_go_of_its_locks_is_stopped_as_well(self):
        script = "import os, time; os.closerange(3, 256); print('ready', flush=True); time.sleep(60)"
        execution = self.unwatched(script, "ready")
        trainer = execution.state()["trainer"]
        execution.wait_for_free_lock()
        execution.stop()
        self.assertEqual(execution.ask()["exit"]["attempt"], 1)
        self.assert_trainer_is_gone(execution, trainer)

    def test_an_interrupt_lets_it_save_and_the_same_ask_goes_on_from_there(self):
        execution = self.unwatched(COUNTER, "step 3:")
        trainer = execution.state()["trainer"]
        execution.request("interrupt")
        answer = execution.ask()
        self.assertEqual((answer["decision"], answer["state"]["attempt"]), ("resumed", 2))
        self.assertFalse(is_running(trainer["pid"], trainer["startTime"]))
        wait_until(lambda: execution.text().count("begins at") == 2, "the second attempt has begun")
        self.assertGreaterEqual(int(execution.text().split("begins at ")[2].split()[0]), 3)

    def test_it_is_alive_until_its_deadline_is_over_and_then_ended(self):
        execution = self.unwatched(SLEEPER, "ready", deadlineSeconds=50)
        trainer = execution.state()["trainer"]
        self.assertEqual(execution.ask()["decision"], "alive")
        usage = execution.control / "usage.json"
        usage.write_text(json.dumps({"seconds": 10}))
        os.utime(usage, (time.time() - 30,) * 2)
        self.write_state(execution, startedAt=time.time() - 45)
        self.assertEqual(execution.ask()["decision"], "alive")
        os.utime(usage, (time.time() - 41,) * 2)
        ended = execution.ask()["exit"]
        self.assertEqual((ended["reason"], ended["attempt"]), ("deadline", 1))
        self.assertGreaterEqual(ended["seconds"], 50)
        self.assert_trainer_is_gone(execution, trainer)

    def write_state(self, execution, **changes):
        Path(execution.control, "state.json").write_text(json.dumps(execution.state() | changes))

    def test_a_foreign_process_that_has_its_pid_now_is_not_ended(self):
        execution = self.unwatched(SLEEPER, "ready")
        execution.kill("trainer")
        self.write_state(execution, trainer={"pid": os.getpid(), "startTime": "1"})
        execution.stop()
        self.assertEqual(execution.ask()["exit"]["reason"], "stopped")


if sys.platform != "linux":
    del UnwatchedTrainerTest


if __name__ == "__main__":
    unittest.main()
