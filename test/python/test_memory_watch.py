import os
import subprocess
import sys
import textwrap
import unittest

from supervised_execution import SUPERVISOR_FOLDER, wait_until

import process_descendants
from memory_watch import MemoryWatch
from nameless_files import NamelessFiles
from process_facts import IS_LINUX


@unittest.skipUnless(IS_LINUX, "elsewhere than on Linux memory is not watched")
class MemoryWatchTest(unittest.TestCase):
    """The watch counts all descendants of its own process, so it runs in one of its own."""

    def watch(self, limit_mebibytes, script, processes=1):
        """What the watch says, and its peak in MiB, once a child has run `script` in that many processes."""
        observer = f"""
            import subprocess, sys
            sys.path.append({str(SUPERVISOR_FOLDER)!r})
            from memory_watch import MemoryWatch
            from nameless_files import NamelessFiles
            files = NamelessFiles()
            watch = MemoryWatch({limit_mebibytes} * 2**20, files)
            pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            with subprocess.Popen([sys.executable, "-c", sys.argv[1]], **pipes) as child:
                for _ in range({processes}):
                    child.stdout.readline()
                files.advance()
                print(watch.exceeded(), round(watch.peak_bytes / 2**20), sep="; ")
                child.stdin.close()
        """
        script = "import os, sys\n" + textwrap.dedent(script) + "\nprint('ready', flush=True)\nsys.stdin.read()\n"
        command = [sys.executable, "-c", textwrap.dedent(observer), script]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual((finished.returncode, finished.stderr), (0, ""))
        message, peak = finished.stdout.rsplit("; ", 1)
        return message, int(peak)

    def test_less_than_the_limit_is_well_and_the_peak_is_known(self):
        message, peak = self.watch(1000, "held = b'x' * (100 * 2**20)")
        self.assertEqual(message, "None")
        self.assertTrue(100 <= peak <= 200, peak)

    def test_more_than_the_limit_is_said_with_both_numbers(self):
        message, peak = self.watch(50, "held = b'x' * (100 * 2**20)")
        self.assertEqual(message, f"its processes use {peak} MiB of memory, the limit is 50 MiB")
        self.assertTrue(100 <= peak <= 200, peak)

    def test_a_grandchild_in_a_session_of_its_own_counts(self):
        script = """
            if os.fork() == 0:
                os.setsid()
                held = b'x' * (100 * 2**20)
        """
        message, _ = self.watch(90, script, processes=2)
        self.assertIn("the limit is 90 MiB", message)

    def test_pages_that_forked_workers_share_count_once(self):
        script = """
            held = b'x' * (100 * 2**20)
            any(os.fork() == 0 for _ in range(4))
        """
        message, peak = self.watch(300, script, processes=5)
        self.assertEqual(message, "None")
        self.assertTrue(100 <= peak <= 200, peak)

    def test_pages_that_forked_workers_have_written_count_for_each(self):
        script = """
            held = bytearray(100 * 2**20)
            any(os.fork() == 0 for _ in range(4))
            held[:] = bytes(len(held))
        """
        message, _ = self.watch(300, script, processes=5)
        self.assertIn("the limit is 300 MiB", message)


    def test_a_file_in_memory_that_no_process_has_mapped_counts_once_for_all_its_descriptors(self):
        script = """
            file = os.memfd_create("hoard")
            for _ in range(100):
                os.write(file, bytes(2**20))
            copies = [os.dup(file) for _ in range(5)]
        """
        message, peak = self.watch(90, script)
        self.assertIn("the limit is 90 MiB", message)
        self.assertTrue(100 <= peak <= 200, peak)

    def test_a_file_in_memory_whose_name_was_removed_counts(self):
        script = """
            file = os.open("/dev/shm", os.O_TMPFILE | os.O_RDWR)
            for _ in range(100):
                os.write(file, bytes(2**20))
        """
        message, _ = self.watch(90, script)
        self.assertIn("the limit is 90 MiB", message)

    def test_holes_of_a_file_in_memory_do_not_count(self):
        message, _ = self.watch(90, "os.truncate(os.memfd_create('sparse'), 2**40)")
        self.assertEqual(message, "None")


class OwnProcessTest(unittest.TestCase):
    def test_the_watching_process_itself_does_not_count(self):
        watch = MemoryWatch(1, NamelessFiles())
        self.assertIsNone(watch.exceeded())
        self.assertEqual(watch.peak_bytes, 0)


@unittest.skipUnless(IS_LINUX, "/proc")
class DescendantsTest(unittest.TestCase):
    """A shell with two children, one of which has a child."""

    def setUp(self):
        script = "sleep 60 & sh -c 'sleep 60 & wait' & wait"
        shell = subprocess.Popen(["sh", "-c", script], start_new_session=True)
        self.addCleanup(shell.wait)
        self.addCleanup(os.killpg, shell.pid, 9)
        self.pid = shell.pid

    def test_children_of_children_are_found(self):
        wait_until(lambda: len(process_descendants.descendants(self.pid)) == 3, "the processes are there")
        self.assertNotIn(self.pid, process_descendants.descendants(self.pid))

    def test_a_scan_of_all_processes_finds_the_same_children(self):
        wait_until(lambda: len(process_descendants.descendants(self.pid)) == 3, "the processes are there")
        by_scan = process_descendants.children_by_scan()
        for pid in [self.pid, *process_descendants.descendants(self.pid)]:
            self.assertEqual(sorted(by_scan(pid)), sorted(process_descendants.children(pid)))

    def test_a_process_that_is_gone_has_no_descendants(self):
        ended = subprocess.Popen(["true"])
        ended.wait()
        self.assertEqual(process_descendants.descendants(ended.pid), [])
        self.assertEqual(process_descendants.children(ended.pid), [])


if __name__ == "__main__":
    unittest.main()
