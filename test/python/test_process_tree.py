import json
import resource
import subprocess
import sys
import textwrap
import unittest
from pathlib import Path

from scripts import SLEEPER
from supervised_execution import LIMITS, SUPERVISOR_FOLDER, SupervisedExecution

# Starts 100 processes and pauses them all while it can open some 64 files.
PAUSER = f"""
    import os, resource, subprocess, sys, time
    sys.path.append({str(SUPERVISOR_FOLDER)!r})
    from process_descendants import descendants
    from process_tree import ProcessTree

    def stopped():
        return sum(open(f"/proc/{{pid}}/stat").read().rpartition(")")[2].split()[0] == "T" for pid in descendants(os.getpid()))

    script = "import os, time; all(os.fork() for _ in range(99)); print('+', end='', flush=True); time.sleep(60)"
    tree = ProcessTree([sys.executable, "-c", script], dict(stdout=subprocess.PIPE))
    for _ in range(100):
        tree._process.stdout.read(1)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    with tree.paused():
        while stopped() < 20:  # A process takes note of its signal when it has its turn.
            time.sleep(0.01)
        time.sleep(0.2)
        print(stopped())
    while stopped() > 0:
        time.sleep(0.01)
    tree.kill_all()
"""


def limit_descriptors(soft, hard):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class DescriptorLimitTest(unittest.TestCase):
    def test_a_tree_with_more_processes_than_descriptors_is_paused_as_far_as_they_go_and_goes_on_afterwards(self):
        finished = subprocess.run([sys.executable, "-c", textwrap.dedent(PAUSER)], capture_output=True, text=True, timeout=60)
        self.assertEqual((finished.returncode, finished.stderr), (0, ""))
        self.assertLess(int(finished.stdout), 64)

    def test_a_flood_of_many_processes_does_not_end_a_supervisor_that_has_few_descriptors(self):
        script = """
            import os, time
            for _ in range(100):
                if os.fork() == 0:
                    time.sleep(60)
            for _ in range(200):
                os.write(1, b"x" * 2**20)
            print("done")
        """
        execution = SupervisedExecution(self, script, limits=LIMITS | {"outputBytes": 2**20})
        execution.call(json.dumps(execution.spec), preexec_fn=limit_descriptors(64, 64))
        ended = execution.wait_for_exit()
        self.assertEqual((ended["reason"], ended["code"]), ("exited", 0))
        self.assertNotIn("Traceback", execution.log())

    def test_the_supervisor_may_open_all_the_files_it_can_get_and_the_training_as_many_as_its_caller(self):
        script = "import resource; print(*resource.getrlimit(resource.RLIMIT_NOFILE), flush=True)" + textwrap.dedent(SLEEPER)
        execution = SupervisedExecution(self, script)
        execution.call(json.dumps(execution.spec), preexec_fn=limit_descriptors(300, 400))
        execution.wait_for_text("ready")
        self.assertTrue(execution.text().startswith("300 400\n"))
        limits = Path("/proc", str(execution.state()["supervisor"]["pid"]), "limits").read_text()
        self.assertRegex(limits, r"Max open files +400 +400")


if sys.platform != "linux":
    del DescriptorLimitTest


if __name__ == "__main__":
    unittest.main()
