import time
import unittest

from sandboxed import Sandboxed, add_cases
from supervised_execution import LIMITS, wait_until


class WildScriptTest(Sandboxed):
    def test_a_script_that_lets_go_of_the_locks_it_inherited_is_still_alive(self):
        script = """
            import fcntl, os, time
            for number in range(3, 256):
                try:
                    fcntl.flock(number, fcntl.LOCK_UN)
                    os.fchmod(number, 0)
                except OSError:
                    pass
            os.closerange(3, 256)
            print("ready")
            time.sleep(60)
        """
        execution = self.execution(script, graceSeconds=0)
        execution.ask()
        execution.wait_for_text("ready")
        self.assertEqual(execution.ask()["decision"], "alive")
        execution.request("interrupt")
        execution.wait_for_free_lock()
        self.assertEqual(execution.ask()["decision"], "resumed")

    def test_a_fork_bomb_gets_no_more_processes_than_it_is_allowed(self):
        script = """
            import os, time
            while True:
                try:
                    os.fork()
                except OSError:
                    time.sleep(0.1)
        """
        execution = self.execution(script, graceSeconds=0, limits=LIMITS | {"processes": 32})
        execution.ask()
        wait_until(lambda: len(execution.processes()) >= 30, "the bomb has gone off")
        time.sleep(0.3)
        processes = execution.processes()
        self.assertLessEqual(len(processes), 34)  # bubblewrap's own two are not counted everywhere
        execution.stop()
        self.assert_nothing_is_left(execution, processes)

    def test_a_script_that_takes_too_much_memory_is_killed_with_that_reason(self):
        script = """
            import time
            hoard = []
            while True:
                hoard.append(b"x" * 2**22)
                time.sleep(0.005)
        """
        execution = self.execution(script, limits=LIMITS | {"memoryBytes": 100 * 2**20})
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["signal"], ended["reason"]), ("SIGKILL", "memory"))
        self.assertIn("100 MiB", ended["message"])
        self.assertGreater(ended["peakMemoryBytes"], 100 * 2**20)

    def test_a_script_that_fills_files_in_memory_is_killed_with_that_reason(self):
        script = """
            import os, time
            file = os.memfd_create("hoard")
            for _ in range(200):
                os.write(file, bytes(2**20))
                time.sleep(0.005)
            time.sleep(60)
        """
        execution = self.execution(script, limits=LIMITS | {"memoryBytes": 100 * 2**20})
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["signal"], ended["reason"]), ("SIGKILL", "memory"))
        self.assertGreater(ended["peakMemoryBytes"], 100 * 2**20)

    def test_what_lies_in_the_memory_folders_counts_as_memory(self):
        script = """
            import time
            for folder in ("/dev/shm", "/tmp"):
                with open(f"{folder}/hoard", "wb") as file:
                    for _ in range(60):
                        file.write(bytes(2**20))
            time.sleep(60)
        """
        sizes = {"temporaryBytes": 80 * 2**20, "sharedMemoryBytes": 80 * 2**20}
        execution = self.execution(script, sizes, limits=LIMITS | {"memoryBytes": 100 * 2**20})
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["signal"], ended["reason"]), ("SIGKILL", "memory"))

    def test_the_memory_folders_are_no_larger_than_the_memory_that_is_allowed(self):
        script = """
            import os
            for folder in ("/dev/shm", "/tmp"):
                file_system = os.statvfs(folder)
                print(file_system.f_blocks * file_system.f_frsize)
        """
        sizes = {"temporaryBytes": 2**40, "sharedMemoryBytes": 2**40}
        execution = self.execution(script, sizes, limits=LIMITS | {"memoryBytes": 100 * 2**20})
        execution.ask()
        execution.wait_for_exit()
        self.assertEqual(execution.text().split(), [str(100 * 2**20)] * 2)

    def test_a_script_that_fills_a_file_it_has_removed_is_stopped_with_that_reason(self):
        script = """
            import os, time
            with open("filling", "wb", buffering=0) as file:
                os.unlink("filling")
                for _ in range(60):
                    file.write(bytes(2**20))
                    time.sleep(0.005)
                time.sleep(60)
        """
        execution = self.execution(script, graceSeconds=0, limits=LIMITS | {"workBytes": 20 * 2**20})
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual(ended["reason"], "workQuota")
        self.assertIn("20 MiB", ended["message"])

    def test_files_with_and_without_a_name_count_together(self):
        script = """
            import os, time
            open("named", "wb").write(bytes(15 * 2**20))
            with open("removed", "wb", buffering=0) as file:
                os.unlink("removed")
                file.write(bytes(15 * 2**20))
                time.sleep(60)
        """
        execution = self.execution(script, graceSeconds=0, limits=LIMITS | {"workBytes": 20 * 2**20})
        execution.ask()
        self.assertEqual(execution.wait_for_exit()["reason"], "workQuota")

    def test_sparse_files_with_and_without_a_name_take_no_disk(self):
        script = """
            import os, time
            with open("named", "wb") as named, open("removed", "wb") as removed:
                os.unlink("removed")
                for file in (named, removed):
                    file.truncate(2**29)
                time.sleep(2.5)
        """
        execution = self.execution(script, limits=LIMITS | {"workBytes": 20 * 2**20})
        execution.ask()
        self.assertEqual(execution.wait_for_exit()["reason"], "exited")

    def test_a_script_that_fills_the_disk_is_stopped_with_that_reason(self):
        script = """
            import time
            with open("filling", "wb", buffering=0) as file:
                while True:
                    file.write(bytes(2**20))
                    time.sleep(0.01)
        """
        execution = self.execution(script, graceSeconds=0, limits=LIMITS | {"workBytes": 20 * 2**20})
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual(ended["reason"], "workQuota")
        self.assertIn("20 MiB", ended["message"])

    def test_a_script_that_makes_too_many_files_is_stopped_with_that_reason(self):
        script = """
            import itertools, time
            for number in itertools.count():
                open(f"file-{number}", "w").close()
                time.sleep(0.0005)
        """
        execution = self.execution(script, graceSeconds=0, limits=LIMITS | {"workFiles": 500})
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual(ended["reason"], "workQuota")
        self.assertIn("500 files", ended["message"])

    def test_two_hundred_megabytes_without_a_line_end_take_little_disk_and_do_not_stop_it(self):
        script = """
            import os, time
            for number in range(200):
                os.write(1, b"x" * 2**20)
            time.sleep(0.5)
            os.write(1, b"END")
        """
        execution = self.execution(script, limits=LIMITS | {"outputBytes": 2**21})
        execution.ask()
        ended = execution.wait_for_exit()
        self.assertEqual((ended["code"], ended["reason"]), (0, "exited"))
        self.assertGreater(ended["droppedOutputBytes"], 190 * 2**20)
        status = execution.output.stat()
        self.assertLess(status.st_blocks * 512, 4 * 2**20)
        self.assertTrue(execution.output.read_bytes().endswith(b"END"))

    def test_output_that_is_no_text_is_kept_byte_for_byte(self):
        execution = self.execution("import os; os.write(1, bytes(range(256)) * 4)")
        execution.ask()
        execution.wait_for_exit()
        self.assertEqual(execution.output.read_bytes(), bytes(range(256)) * 4)


add_cases(globals(), WildScriptTest)


if __name__ == "__main__":
    unittest.main()
