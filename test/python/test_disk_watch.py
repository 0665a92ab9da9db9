import os
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from supervised_execution import SUPERVISOR_FOLDER, wait_until  # noqa: F401 (it makes the module below importable)

from disk_watch import DiskWatch, walk
from nameless_files import NamelessFiles
from process_facts import IS_LINUX

MEBIBYTE = 2**20
ROOMY = {"workBytes": 2**50, "workFiles": 2**50, "freeDiskBytes": 0}


class DiskWatchTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="longrun-test-")
        self.addCleanup(folder.cleanup)
        self.outside, self.work = Path(folder.name, "outside"), Path(folder.name, "work")
        self.outside.mkdir()
        self.work.mkdir()

    def watch(self, **limits):
        self.nameless_files = NamelessFiles()
        return DiskWatch(str(self.work), ROOMY | limits, self.nameless_files)

    def found(self, watch):
        """What it finds sooner or later."""
        return wait_until(lambda: self.advance(watch) or watch.exceeded(), "a limit is exceeded")

    def advance(self, watch):
        self.nameless_files.advance()
        watch.advance()

    def assert_well(self, watch):
        """It finds nothing in a walk that meets a file that is made now."""
        marker = self.work / "marker"
        marker.touch()
        change = marker.stat().st_ctime_ns
        wait_until(lambda: self.advance(watch) or watch.newest_change_ns >= change, "the marker is seen")
        self.assertIsNone(watch.exceeded())

    def test_a_folder_within_its_limits_is_well(self):
        (self.work / "file").write_bytes(b"x" * MEBIBYTE)
        self.assert_well(self.watch(workBytes=2 * MEBIBYTE, workFiles=10))

    def test_too_many_bytes_anywhere_below_are_said_with_the_limit(self):
        deep = self.work / "a" / "b" / "c"
        deep.mkdir(parents=True)
        (deep / "file").write_bytes(b"x" * 3 * MEBIBYTE)
        reason, message = self.found(self.watch(workBytes=2 * MEBIBYTE))
        self.assertEqual(reason, "workQuota")
        place = "the work folder, with removed files that are still open,"
        self.assertRegex(message, f"^{place} holds [34] MiB or more, the limit is 2 MiB$")

    def test_too_many_files_folders_and_links_are_said_with_the_limit(self):
        for number in range(4):
            (self.work / f"folder-{number}").mkdir()
            (self.work / f"file-{number}").touch()
            (self.work / f"link-{number}").symlink_to("nowhere")
        self.assert_well(self.watch(workFiles=13))
        message = "the work folder holds more than 12 files and folders, which is the limit"
        self.assertEqual(self.found(self.watch(workFiles=12)), ("workQuota", message))

    def test_thousands_of_files_are_counted_whether_in_one_call_or_in_several(self):
        for folder in range(6):
            (self.work / str(folder)).mkdir()
            for file in range(500):
                (self.work / str(folder) / str(file)).touch()
        self.assertEqual(self.found(self.watch(workFiles=3_005))[0], "workQuota")

    def test_a_file_with_several_links_counts_once(self):
        (self.work / "file").write_bytes(b"x" * 3 * MEBIBYTE)
        for number in range(5):
            os.link(self.work / "file", self.work / f"link-{number}")
        self.assert_well(self.watch(workBytes=5 * MEBIBYTE))

    def test_a_sparse_file_counts_what_it_takes(self):
        with open(self.work / "file", "wb") as file:
            file.truncate(2**40)
        self.assert_well(self.watch(workBytes=MEBIBYTE))

    @unittest.skipUnless(IS_LINUX, "/proc")
    def test_a_file_that_loses_its_name_and_stays_open_goes_on_to_count_and_counts_once(self):
        script = "exec 3>file; head -c 3145728 /dev/zero >&3; echo; exec sleep 60"
        with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, cwd=self.work) as holder:
            self.addCleanup(holder.kill)
            holder.stdout.readline()
            watch = self.watch(workBytes=5 * MEBIBYTE)
            self.assert_well(watch)
            (self.work / "file").unlink()
            for _ in range(2):
                self.assert_well(watch)
            self.assertEqual(self.found(self.watch(workBytes=2 * MEBIBYTE))[0], "workQuota")
            holder.kill()

    def test_what_a_link_points_to_does_not_count(self):
        (self.outside / "file").write_bytes(b"x" * 3 * MEBIBYTE)
        (self.work / "file").symlink_to(self.outside / "file")
        (self.work / "folder").symlink_to(self.outside)
        self.assert_well(self.watch(workBytes=2 * MEBIBYTE))

    def test_a_folder_that_is_exchanged_for_a_link_during_the_walk_is_not_followed(self):
        self.make_exchangeable_folders()
        self.assertEqual(self.levels_of_walk_with(self.exchange, at_level=1), [0, 1])

    def test_a_folder_whose_parent_is_exchanged_for_a_link_is_not_followed(self):
        self.make_exchangeable_folders()
        self.assertEqual(self.levels_of_walk_with(self.exchange, at_level=2), [0, 1, 2])

    def make_exchangeable_folders(self):
        (self.work / "folder" / "inner").mkdir(parents=True)
        (self.outside / "inner").mkdir()
        (self.outside / "inner" / "file").touch()

    def exchange(self):
        (self.work / "folder").rename(self.outside / "folder")
        (self.work / "folder").symlink_to(self.outside)

    def test_folders_that_vanish_during_the_walk_are_left_out(self):
        (self.work / "folder" / "inner").mkdir(parents=True)
        self.assertEqual(self.levels_of_walk_with(lambda: shutil.rmtree(self.work / "folder"), at_level=1), [0, 1])

    def levels_of_walk_with(self, change, at_level):
        """The levels of what a walk has seen when the change comes as soon as it has met something of that level."""
        root = os.open(self.work, os.O_RDONLY)
        self.addCleanup(os.close, root)
        levels = []
        for level, _ in walk(root):
            levels.append(level)
            if level == at_level and levels.count(level) == 1:
                change()
        return levels

    def test_the_work_folder_itself_may_be_removed(self):
        watch = self.watch()
        watch.advance()
        shutil.rmtree(self.work)
        for _ in range(5):
            watch.advance()
        self.assertIsNone(watch.exceeded())

    def test_folders_that_are_nested_too_deep_to_be_counted_are_too_much(self):
        (self.work / "/".join("d" * 201)).mkdir(parents=True)
        message = "the work folder has folders in folders more than 200 levels deep"
        self.assertEqual(self.found(self.watch()), ("workQuota", message))

    def test_the_newest_change_grows_with_a_change_deep_inside_even_if_it_is_dated_back(self):
        deep = self.work / "a" / "b"
        deep.mkdir(parents=True)
        watch = self.watch()
        self.assert_well(watch)
        before = watch.newest_change_ns
        (deep / "file").write_text("new")
        os.utime(deep / "file", (0, 0))
        wait_until(lambda: watch.advance() or watch.newest_change_ns > before, "the change is seen")
        self.assertLessEqual(watch.newest_change_ns, time.time_ns() + 10**9)

    def test_too_little_free_space_is_a_full_disk(self):
        reason, message = self.found(self.watch(freeDiskBytes=2**60))
        self.assertEqual(reason, "diskFull")
        self.assertIn(f"at least {2**40} MiB must stay free", message)

    def test_a_full_disk_is_the_work_folders_own_doing_if_that_is_over_its_limit(self):
        (self.work / "file").write_bytes(b"x" * 3 * MEBIBYTE)
        watch = self.watch(freeDiskBytes=2**60, workBytes=2 * MEBIBYTE)
        watch.advance()
        self.assertEqual(watch.exceeded()[0], "workQuota")


if __name__ == "__main__":
    unittest.main()
