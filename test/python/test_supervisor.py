import json
import os
import signal
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from callers import own_caller
from scripts import COUNTER, SLEEPER
from supervised_execution import SupervisedExecution, is_unlocked, pids_in, run_to_end, wait_until


class DecisionTest(unittest.TestCase):
    def test_twenty_starters_at_once_start_one_training(self):
        execution = SupervisedExecution(self, SLEEPER)
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: execution.ask()["decision"], range(20)))
        execution.wait_for_text("ready")
        self.assertEqual(sorted(answers), ["alive"] * 19 + ["started"])
        self.assertEqual(execution.text().count("ready"), 1)

    def test_a_finished_training_is_reported_and_not_repeated(self):
        execution = SupervisedExecution(self, "print('once'); raise SystemExit(3)")
        self.assertEqual(execution.ask()["decision"], "started")
        ended = execution.wait_for_exit()
        execution.wait_for_free_lock()
        self.assertEqual(execution.ask(), {"decision": "finished", "exit": ended})
        self.assertEqual((ended["code"], ended["signal"], ended["reason"]), (3, None, "exited"))
        self.assertEqual(ended["sandbox"], "off")
        self.assertGreater(ended["peakMemoryBytes"], 1_000_000)
        self.assertEqual(execution.text(), "once\n")

    def test_another_identity_is_refused_while_it_runs_and_after_it_has_ended(self):
        execution = SupervisedExecution(self, SLEEPER)
        execution.ask()
        self.assertEqual(execution.ask(identity="script-2")["decision"], "refused")
        execution.stop()
        execution.wait_for_exit()
        self.assertEqual(execution.ask(identity="script-2")["decision"], "refused")

    def test_of_twenty_identities_that_come_at_once_one_is_started_and_the_others_are_refused(self):
        execution = SupervisedExecution(self, SLEEPER)
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda number: execution.ask(identity=f"script-{number}")["decision"], range(20)))
        self.assertEqual(sorted(answers), ["refused"] * 19 + ["started"])

    def test_a_command_that_cannot_be_executed_is_an_ordinary_end(self):
        execution = SupervisedExecution(self, "", command=["/nowhere/python", "train.py"])
        answer = execution.ask()
        self.assertEqual((answer["decision"], answer["exit"]["reason"]), ("finished", "unstartable"))
        self.assertIn("/nowhere/python", answer["exit"]["message"])
        self.assertEqual(answer["exit"]["sandbox"], "off")
        self.assertEqual(execution.ask(), answer)

    def test_a_stop_that_was_asked_for_before_the_start_starts_nothing(self):
        execution = SupervisedExecution(self, SLEEPER)
        execution.control.mkdir()
        execution.stop()
        answer = execution.ask()
        self.assertEqual((answer["decision"], answer["exit"]["reason"]), ("finished", "stopped"))
        self.assertEqual(execution.text(), "")

    def test_a_wrong_spec_is_refused_with_the_name_of_the_field(self):
        execution = SupervisedExecution(self, SLEEPER)
        wrong = {"deadlineSeconds": 0, "command": [], "environment": {"A": 1}, "workFolder": "/nowhere", "slotCount": -1}
        for name, value in wrong.items():
            finished = execution.call(json.dumps(execution.spec | {name: value}))
            self.assertEqual((finished.returncode, finished.stdout), (2, ""))
            self.assertRegex(finished.stderr, rf"\Asupervisor: .*'{name}'.*\n\Z")
        self.assertEqual(execution.call("").returncode, 2)
        self.assertFalse(execution.control.exists())

    def test_an_output_file_that_cannot_be_opened_is_trouble_of_the_host_and_leaves_nothing_recorded(self):
        execution = SupervisedExecution(self, SLEEPER)
        finished = execution.call(json.dumps(execution.spec | {"outputFile": "/nowhere/output.txt"}))
        self.assertEqual((finished.returncode, finished.stdout), (1, ""))
        self.assertEqual(execution.ask()["decision"], "started")


class TrainerTest(unittest.TestCase):
    def test_the_environment_of_the_training_is_exactly_what_was_given(self):
        environment = {"GREETING": "good\nmorning", "EMPTY": ""}
        execution = SupervisedExecution(self, "", command=["/usr/bin/env", "-0"], environment=environment)
        execution.ask()
        execution.wait_for_exit()
        given = dict(line.split("=", 1) for line in execution.text().split("\0")[:-1])
        self.assertLessEqual(float(given.pop("LONGRUN_SECONDS")), 60)
        self.assertEqual(given, environment)

    def test_the_training_runs_in_its_own_session_without_input_and_with_ordinary_signals(self):
        script = """
            import os, signal, sys
            catchable = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
            ignored = [number for number in catchable if signal.getsignal(number) == signal.SIG_IGN]
            print(os.getsid(0) == os.getpid(), repr(sys.stdin.read()), ignored, signal.pthread_sigmask(signal.SIG_BLOCK, []))
        """
        execution = SupervisedExecution(self, script)
        run_to_end(["nohup", *own_caller().command("supervisor.py", str(execution.control))], input=json.dumps(execution.spec))
        execution.wait_for_exit()
        self.assertEqual(execution.text(), "True '' [] set()\n")

    def test_it_survives_the_death_of_its_starter_and_of_the_starters_process_group(self):
        execution = SupervisedExecution(self, COUNTER)
        command = ["/bin/sh", "-c", '"$@"; sleep 60', "starter"]
        command += own_caller().command("supervisor.py", str(execution.control))
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, start_new_session=True, text=True, **pipes) as starter:
            starter.stdin.write(json.dumps(execution.spec))
            starter.stdin.close()
            answer = json.loads(starter.stdout.readline())
            os.killpg(starter.pid, signal.SIGKILL)
        steps = execution.text().count("step ")
        wait_until(lambda: execution.text().count("step ") > steps + 3, "the training has gone on")
        self.assertEqual(execution.ask(), {"decision": "alive", "state": answer["state"]})
        execution.stop()
        self.assertEqual(execution.wait_for_exit()["reason"], "stopped")

    @unittest.skipUnless(sys.platform == "linux", "only Linux hands orphans to the supervisor")
    def test_a_grandchild_in_its_own_session_is_killed_when_the_training_has_ended(self):
        script = """
            import subprocess, sys, time
            child = subprocess.Popen([sys.executable, "-c", "import os, time; os.fork() or (os.setsid(), time.sleep(60))"])
            child.wait()
            grandchild = subprocess.Popen(["sleep", "60"], start_new_session=True)
            print(grandchild.pid)
        """
        execution = SupervisedExecution(self, script)
        execution.ask()
        self.assertEqual(execution.wait_for_exit()["reason"], "exited")
        self.assertFalse(Path("/proc", execution.text().strip()).exists())
        self.assertEqual(pids_in(execution.work), [])

    @unittest.skipUnless(sys.platform == "linux", "reads /proc")
    def test_the_supervisor_keeps_no_descriptor_of_its_starter_open(self):
        execution = SupervisedExecution(self, SLEEPER)
        reading, writing = os.pipe()
        execution.call(json.dumps(execution.spec), pass_fds=[writing])
        os.close(writing)
        os.set_blocking(reading, False)
        with open(reading, "rb", buffering=0) as pipe:
            self.assertEqual(pipe.read(), b"")  # the end of the file; None if somebody could still write


class StoppingTest(unittest.TestCase):
    def test_a_stop_request_lets_the_script_save_and_leave(self):
        execution = SupervisedExecution(self, COUNTER)
        execution.ask()
        execution.wait_for_text("step 3:")
        execution.stop()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["code"], ended["signal"], ended["reason"]), (0, None, "stopped"))
        self.assertIn("leaves at", execution.text())
        self.assertTrue(Path(execution.work, "result.json").exists())

    def test_a_script_that_ignores_sigterm_at_its_deadline_leaves_its_stack_and_ends_by_sigabrt(self):
        script = """
            import time
            def stuck_in_a_step():
                time.sleep(60)
            stuck_in_a_step()
        """
        ignoring = ["/bin/sh", "-c", "trap '' TERM; exec \"$@\"", "sh", sys.executable, "train.py"]
        execution = SupervisedExecution(self, script, command=ignoring, deadlineSeconds=1.5, graceSeconds=0.2)
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["code"], ended["signal"], ended["reason"]), (None, "SIGABRT", "deadline"))
        self.assertIn("in stuck_in_a_step", execution.text())

    def test_a_script_that_ignores_every_signal_is_killed_with_its_children(self):
        script = """
            import signal, subprocess, time
            for number in (signal.SIGTERM, signal.SIGABRT):
                signal.signal(number, signal.SIG_IGN)
            subprocess.Popen(["sleep", "60"])
            print("ready")
            time.sleep(60)
        """
        execution = SupervisedExecution(self, script, graceSeconds=0)
        execution.ask()
        execution.wait_for_text("ready")
        execution.stop()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["signal"], ended["reason"]), ("SIGKILL", "stopped"))
        self.assertEqual(pids_in(execution.work), [])

    def test_a_training_that_somebody_else_killed_has_the_reason_signaled(self):
        execution = SupervisedExecution(self, SLEEPER)
        execution.ask()
        execution.kill("trainer")
        ended = execution.wait_for_exit()
        self.assertEqual((ended["code"], ended["signal"], ended["reason"]), (None, "SIGKILL", "signaled"))


class LossTest(unittest.TestCase):
    def test_a_training_whose_supervisor_was_killed_is_alive_and_after_its_own_death_resumed_from_its_checkpoint(self):
        execution = SupervisedExecution(self, COUNTER)
        first = execution.ask()
        execution.wait_for_text("step 3:")
        execution.kill("supervisor")
        self.assertEqual(execution.ask(), {"decision": "alive", "state": first["state"]})
        execution.kill("trainer")
        execution.wait_for_free_lock()
        second = execution.ask()
        self.assertEqual((second["decision"], second["state"]["attempt"]), ("resumed", 2))
        wait_until(lambda: execution.text().count("begins at") == 2, "the second attempt has begun")
        self.assertGreaterEqual(int(execution.text().split("begins at ")[2].split()[0]), 3)
        execution.stop()
        self.assertEqual(execution.wait_for_exit()["attempt"], 2)

    def test_sigterm_to_the_supervisor_lets_the_script_save_and_the_next_start_goes_on(self):
        execution = SupervisedExecution(self, COUNTER)
        execution.ask()
        execution.wait_for_text("step 3:")
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            execution.kill("supervisor", number)
        execution.wait_for_free_lock()
        self.assertIn("leaves at", execution.text())
        self.assertEqual(execution.ask()["decision"], "resumed")

    @unittest.skipUnless(sys.platform == "linux", "reads /proc")
    def test_a_training_that_closed_its_descriptors_is_still_alive_after_its_supervisors_death(self):
        script = "import os, time; os.closerange(3, 256); print('ready'); time.sleep(60)"
        execution = SupervisedExecution(self, script)
        execution.ask()
        execution.wait_for_text("ready")
        execution.kill("supervisor")
        execution.wait_for_free_lock()
        self.assertEqual(execution.ask()["decision"], "alive")
        execution.kill("trainer")
        wait_until(lambda: execution.ask()["decision"] == "resumed", "the loss of the trainer is seen")

    def test_of_each_lock_the_supervisor_holds_one_file_and_the_trainer_the_other(self):
        execution = SupervisedExecution(self, SLEEPER)
        execution.ask()
        locks = [execution.control / name for name in ("lock", "lock.trainer")]
        self.assertEqual([is_unlocked(path) for path in locks], [False, False])
        execution.kill("supervisor", signal.SIGSTOP)
        execution.kill("trainer")
        self.assertEqual([is_unlocked(path) for path in locks], [False, True])
        self.assertEqual(execution.ask()["decision"], "alive")
        execution.kill("supervisor", signal.SIGCONT)
        self.assertEqual(execution.wait_for_exit()["reason"], "signaled")

    def test_a_finished_training_is_not_lost_while_exit_json_cannot_be_written(self):
        execution = SupervisedExecution(self, SLEEPER)
        supervisor = execution.ask()["state"]["supervisor"]["pid"]
        obstacle = Path(execution.control, f"exit.json.{supervisor}.unfinished")
        obstacle.mkdir()
        execution.kill("trainer")
        log = Path(execution.control, "supervisor.log")
        wait_until(lambda: "cannot be written yet" in log.read_text(), "the supervisor has tried")
        self.assertEqual(execution.ask()["decision"], "alive")
        obstacle.rmdir()
        self.assertEqual(execution.wait_for_exit()["reason"], "signaled")


if __name__ == "__main__":
    unittest.main()
