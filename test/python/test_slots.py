import tempfile
import unittest
from pathlib import Path

from supervised_execution import SupervisedExecution, is_free, wait_until


class SlotsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="longrun-test-")
        self.addCleanup(folder.cleanup)
        self.locks = {uuid: Path(folder.name, f"{uuid}.lock") for uuid in ("GPU-b", "GPU-a")}
        self.slots = [{"name": uuid, "lockFile": str(path), "deviceNodes": []} for uuid, path in self.locks.items()]

    def execution(self, gpu_count):
        script = "import os, time; print(os.environ['CUDA_VISIBLE_DEVICES'], os.environ['CUDA_DEVICE_ORDER']); time.sleep(60)"
        return SupervisedExecution(self, script, slots=self.slots, slotCount=gpu_count, visibleDevices="CUDA_VISIBLE_DEVICES")

    def test_executions_never_share_a_gpu_and_the_one_too_many_finds_them_busy(self):
        executions = [self.execution(1) for _ in range(3)]
        answers = [execution.ask() for execution in executions]
        self.assertEqual([answer["decision"] for answer in answers], ["started", "started", "busy"])
        self.assertEqual([answer["state"]["slots"] for answer in answers[:2]], [["GPU-a"], ["GPU-b"]])
        executions[0].wait_for_text("GPU-a PCI_BUS_ID\n")
        executions[0].stop()
        executions[0].wait_for_free_lock()
        self.assertEqual(executions[2].ask()["state"]["slots"], ["GPU-a"])

    def test_nobody_may_write_to_the_lock_files_not_even_to_those_of_an_earlier_version(self):
        self.locks["GPU-a"].touch(0o644)
        self.execution(2).ask()
        paths = [path for lock in self.locks.values() for path in (lock, lock.with_name(f"{lock.name}.trainer"))]
        self.assertEqual([path.stat().st_mode & 0o777 for path in paths], [0o444] * 4)

    def test_it_takes_all_the_gpus_it_needs_or_none(self):
        both, one = self.execution(2), self.execution(1)
        one.ask()
        self.assertEqual(both.ask(), {"decision": "busy"})
        self.assertTrue(is_free(self.locks["GPU-b"]))
        one.stop()
        one.wait_for_free_lock()
        self.assertEqual(both.ask()["state"]["slots"], ["GPU-a", "GPU-b"])
        both.wait_for_text("GPU-a,GPU-b PCI_BUS_ID\n")

    def test_a_gpu_stays_taken_while_the_training_of_a_killed_supervisor_lives(self):
        execution = self.execution(1)
        execution.ask()
        execution.wait_for_text("GPU-a")
        execution.kill("supervisor")
        self.assertFalse(is_free(self.locks["GPU-a"]))
        execution.kill("trainer")
        wait_until(lambda: is_free(self.locks["GPU-a"]), "the GPU is free")


if __name__ == "__main__":
    unittest.main()
