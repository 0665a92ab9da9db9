import fcntl
import json
import signal
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from callers import callers
from sandboxed import Sandboxed, add_cases
from scripts import COUNTER, SLEEPER
from supervised_execution import wait_until

from process_facts import is_running


class StartTest(Sandboxed):
    def test_it_has_its_work_folder_and_exactly_the_environment_that_was_given(self):
        script = "import json, os; print(json.dumps([os.getcwd(), dict(os.environ)])); open('made', 'w').close()"
        execution = self.execution(script, environment={"LC_ALL": "C", "GREETING": "good\nmorning", "EMPTY": ""})
        answer = execution.ask()
        self.assertEqual((answer["decision"], answer["state"]["sandbox"]), ("started", "bubblewrap"))
        self.assertEqual(execution.wait_for_exit()["code"], 0)
        folder, environment = json.loads(execution.text())
        self.assertLessEqual(float(environment.pop("LONGRUN_SECONDS")), 60)
        self.assertEqual(folder, "/work")
        self.assertEqual(environment, {"LC_ALL": "C", "GREETING": "good\nmorning", "EMPTY": "", "PWD": "/work"})
        self.assertTrue((execution.work / "made").exists())

    def test_the_recorded_trainer_is_the_script_itself_and_not_bubblewrap(self):
        execution = self.execution("import os, time; print(os.uname().nodename, flush=True); time.sleep(60)")
        trainer = execution.ask()["state"]["trainer"]
        self.assertTrue(is_running(trainer["pid"], trainer["startTime"]))
        self.assertIn(b"train.py", Path("/proc", str(trainer["pid"]), "cmdline").read_bytes())
        execution.wait_for_text("longrun")

    def test_twenty_starters_at_once_start_one_training(self):
        execution = self.execution(SLEEPER)
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: execution.ask()["decision"], range(20)))
        execution.wait_for_text("ready")
        self.assertEqual(sorted(answers), ["alive"] * 19 + ["started"])
        self.assertEqual(execution.text().count("ready"), 1)

    def test_a_program_that_ends_at_once_has_been_started(self):
        execution = self.execution("", command=["/usr/bin/false"])
        self.assertEqual(execution.ask()["decision"], "started")
        ended = execution.wait_for_exit()
        self.assertEqual((ended["code"], ended["reason"], ended["sandbox"]), (1, "exited", "bubblewrap"))

    def test_a_command_that_is_not_there_is_unstartable(self):
        execution = self.execution("", command=["/nowhere/python", "train.py"])
        answer = execution.ask()
        self.assertEqual((answer["decision"], answer["exit"]["reason"]), ("finished", "unstartable"))
        self.assertIn("/nowhere/python", answer["exit"]["message"])
        self.assertEqual(execution.text(), "")

    def test_a_sandbox_that_cannot_be_made_is_not_the_scripts_fault_and_may_be_tried_again(self):
        execution = self.execution(SLEEPER, {"dataSets": [{"name": "numbers", "path": "/nowhere"}]})
        execution.output.write_text("of before\n")
        execution.caller.own(execution.output)
        exit_record = execution.ask()["exit"]
        self.assertEqual((exit_record["reason"], exit_record["code"], exit_record["attempt"]), ("sandboxFailed", None, 1))
        self.assertEqual(exit_record["sandbox"], "bubblewrap")
        self.assertIn("/nowhere", exit_record["message"])
        self.assertEqual(execution.text(), "of before\n")
        self.assertEqual(execution.reopen(1), {"decision": "reopened"})
        again = execution.ask(sandbox=execution.caller.sandbox())
        self.assertEqual((again["decision"], again["state"]["attempt"]), ("started", 2))

    def test_a_bubblewrap_that_is_not_there_fails_the_sandbox(self):
        execution = self.execution(SLEEPER, {"bubblewrap": "/nowhere/bwrap"})
        exit_record = execution.ask()["exit"]
        self.assertEqual(exit_record["reason"], "sandboxFailed")
        self.assertIn("/nowhere/bwrap", exit_record["message"])


class PreflightTest(Sandboxed):
    def execution_with_device(self, preflight, device_nodes=("/dev/null",)):
        caller = callers()[self.caller_name]()
        execution = self.execution(SLEEPER, {"preflight": [caller.python, "-c", preflight]})
        slot = {"name": "GPU-a", "lockFile": str(execution.folder / "GPU-a.lock"), "deviceNodes": list(device_nodes)}
        execution.spec |= {"slots": [slot], "slotCount": 1, "visibleDevices": "CUDA_VISIBLE_DEVICES"}
        return execution

    def test_a_device_that_fails_its_preflight_starts_no_training(self):
        preflight = "import os, sys; print(os.environ['CUDA_VISIBLE_DEVICES'], 'cannot be used'); sys.exit(3)"
        execution = self.execution_with_device(preflight)
        exit_record = execution.ask()["exit"]
        self.assertEqual(exit_record["reason"], "deviceUnusable")
        self.assertIn("GPU-a cannot be used", exit_record["message"])
        self.assertEqual(execution.text(), "")

    def test_after_a_preflight_that_goes_well_the_training_starts(self):
        execution = self.execution_with_device("open('preflight', 'w').close(); print('well')")
        self.assertEqual(execution.ask()["decision"], "started")
        execution.wait_for_text("ready")
        self.assertTrue((execution.work / "preflight").exists())
        self.assertEqual(execution.text(), "ready\n")

    def test_without_a_device_there_is_no_preflight(self):
        self.assertEqual(self.execution_with_device("raise SystemExit(3)", ()).ask()["decision"], "started")


class EndTest(Sandboxed):
    def test_the_signal_that_ended_the_script_is_told_as_a_signal(self):
        execution = self.execution("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
        execution.spec["environment"] |= {"PYTHONFAULTHANDLER": ""}
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["code"], ended["signal"], ended["reason"]), (None, "SIGSEGV", "signaled"))

    def test_a_stop_request_lets_the_script_save_and_leave(self):
        execution = self.execution(COUNTER)
        execution.ask()
        execution.wait_for_text("step 3:")
        processes = execution.processes()
        execution.stop()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["code"], ended["signal"], ended["reason"]), (0, None, "stopped"))
        self.assertTrue(Path(execution.work, "result.json").exists())
        self.assert_nothing_is_left(execution, processes)

    def test_a_script_that_ignores_sigterm_leaves_its_stack_and_ends_by_sigabrt(self):
        script = """
            import signal, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            def stuck_in_a_step():
                print("ready")
                time.sleep(60)
            stuck_in_a_step()
        """
        execution = self.execution(script, graceSeconds=0.2)
        execution.ask()
        execution.wait_for_text("ready")
        execution.stop()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["code"], ended["signal"], ended["reason"]), (None, "SIGABRT", "stopped"))
        self.assertIn("in stuck_in_a_step", execution.text())

    def test_a_grandchild_in_its_own_session_is_gone_when_the_training_has_ended(self):
        script = """
            import os, subprocess, time
            subprocess.Popen(["/usr/bin/sleep", "60"], start_new_session=True)
            print("ready", flush=True)
            while not os.path.exists("leave"):
                time.sleep(0.02)
        """
        execution = self.execution(script)
        execution.ask()
        execution.wait_for_text("ready")
        processes = execution.processes()
        self.assertGreaterEqual(len(processes), 4)
        (execution.work / "leave").touch()
        self.assertEqual(execution.wait_for_exit()["code"], 0)
        self.assert_nothing_is_left(execution, processes)

    def test_a_signal_to_its_whole_process_group_stays_in_the_sandbox(self):
        script = """
            import os, signal
            signal.signal(signal.SIGTERM, lambda *_: print("heard"))
            os.killpg(0, signal.SIGTERM)
            raise SystemExit(7)
        """
        execution = self.execution(script)
        execution.ask()
        self.assertEqual(execution.wait_for_exit()["code"], 7)
        self.assertEqual(execution.text(), "heard\n")


class LossTest(Sandboxed):
    def test_a_training_whose_supervisor_was_killed_dies_and_is_resumed_from_its_checkpoint(self):
        execution = self.execution(COUNTER)
        execution.ask()
        execution.wait_for_text("step 3:")
        processes = execution.processes()
        execution.kill("supervisor")
        self.assert_nothing_is_left(execution, processes)
        second = execution.ask()
        self.assertEqual((second["decision"], second["state"]["attempt"]), ("resumed", 2))
        wait_until(lambda: execution.text().count("begins at") == 2, "the second attempt has begun")
        self.assertGreaterEqual(int(execution.text().split("begins at ")[2].split()[0]), 3)

    def test_sigterm_to_the_supervisor_lets_the_script_save_and_the_next_start_goes_on(self):
        execution = self.execution(COUNTER)
        execution.ask()
        execution.wait_for_text("step 3:")
        execution.kill("supervisor", signal.SIGTERM)
        execution.wait_for_free_lock()
        self.assertIn("leaves at", execution.text())
        self.assertEqual(execution.ask()["decision"], "resumed")

    def test_a_training_that_somebody_else_killed_has_the_reason_signaled(self):
        execution = self.execution(SLEEPER)
        execution.ask()
        execution.wait_for_text("ready")
        processes = execution.processes()
        execution.kill("trainer")
        ended = execution.wait_for_exit()
        self.assertEqual((ended["code"], ended["signal"], ended["reason"]), (None, "SIGKILL", "signaled"))
        self.assert_nothing_is_left(execution, processes)

    def test_a_sandbox_that_outlived_its_supervisor_is_ended_by_the_next_who_asks(self):
        execution = self.execution(SLEEPER)
        execution.ask()
        execution.kill("supervisor")
        execution.wait_for_free_lock()
        bubblewrap = [execution.caller.bubblewrap, "--unshare-user-try", "--unshare-pid", "--dev-bind", "/", "/"]
        with open(execution.control / "lock.trainer") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            arguments = execution.caller.popen_arguments() | {"pass_fds": [lock.fileno()]}
            command = [*bubblewrap, "--proc", "/proc", "sh", "-c", "echo ready; sleep 60"]
            orphan = subprocess.Popen(command, stdout=subprocess.PIPE, **arguments)
        self.addCleanup(orphan.kill)
        with orphan:
            self.assertEqual(orphan.stdout.readline(), b"ready\n")
            self.assertEqual(execution.ask()["decision"], "resumed")
            self.assertNotEqual(orphan.wait(timeout=30), 0)

    def test_it_is_resumed_after_the_death_of_supervisor_and_trainer_in_either_order(self):
        execution = self.execution(SLEEPER)
        for attempt, names in enumerate((("supervisor", "trainer"), ("trainer", "supervisor")), 1):
            self.assertEqual(execution.ask()["state"]["attempt"], attempt)
            for name in names:
                self.kill_unheard(execution, name)
            execution.wait_for_free_lock()
        self.assertEqual(execution.ask()["decision"], "resumed")

    def kill_unheard(self, execution, name):
        """The supervisor is halted first, so that it cannot write how the trainer ended."""
        execution.kill("supervisor", signal.SIGSTOP)
        execution.kill(name)


add_cases(globals(), StartTest, PreflightTest, EndTest, LossTest)


if __name__ == "__main__":
    unittest.main()
