import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import supervised_execution  # noqa: F401  (puts the modules of the supervisor on the path)
from handed_over_files import give_folder, open_up
from training_user import training_user

USER = 61999


def make_files(test):
    """A work folder with folders in it, and a file outside."""
    folder = tempfile.TemporaryDirectory(prefix="longrun-test-")
    test.addCleanup(folder.cleanup)
    test.work, test.outside = Path(folder.name, "work"), Path(folder.name, "outside")
    (test.work / "a" / "b").mkdir(parents=True)
    test.outside.write_text("of somebody else")


class OpenUpTest(unittest.TestCase):
    def setUp(self):
        make_files(self)

    def test_the_owner_gets_the_rights_back_that_a_training_took_away(self):
        file = self.work / "output.txt"
        file.touch()
        for path in (file, self.work):
            path.chmod(0)
        open_up(str(self.work), 0o700)
        open_up(str(file), 0o600)
        self.assertEqual([oct(path.stat().st_mode & 0o777) for path in (self.work, file)], ["0o700", "0o600"])

    def test_what_is_not_there_or_a_link_is_left_alone(self):
        self.outside.chmod(0o400)
        (self.work / "link").symlink_to(self.outside)
        open_up(str(self.work / "link"), 0o600)
        open_up(str(self.work / "nothing"), 0o600)
        self.assertEqual(oct(self.outside.stat().st_mode & 0o777), "0o400")


class GiveFolderTest(unittest.TestCase):
    """Only root gives files away."""

    def setUp(self):
        make_files(self)

    def owners(self, *names):
        return [os.lstat(self.work / name).st_uid for name in names]

    def test_everything_in_the_folder_becomes_the_users(self):
        (self.work / "a" / "b" / "file").touch()
        give_folder(str(self.work), USER)
        self.assertEqual(self.owners(".", "a", "a/b", "a/b/file"), [USER] * 4)

    def test_a_link_is_given_away_and_what_it_leads_to_is_not(self):
        (self.work / "link").symlink_to(self.outside)
        (self.work / "folder").symlink_to(self.outside.parent)
        give_folder(str(self.work), USER)
        self.assertEqual(self.owners("link", "folder"), [USER] * 2)
        self.assertEqual([os.stat(path).st_uid for path in (self.outside, self.outside.parent)], [os.geteuid()] * 2)

    def test_a_file_that_has_another_name_elsewhere_keeps_its_owner(self):
        os.link(self.outside, self.work / "second-name")
        give_folder(str(self.work), USER)
        self.assertEqual(self.outside.stat().st_uid, os.geteuid())

    def test_folders_in_folders_without_end_do_not_stop_it(self):
        descriptor = os.open(self.work, os.O_RDONLY)
        for _ in range(1200):
            os.mkdir("d", dir_fd=descriptor)
            deeper = os.open("d", os.O_RDONLY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = deeper
        os.close(descriptor)
        self.addCleanup(subprocess.run, ["rm", "-rf", str(self.work)], check=True)
        give_folder(str(self.work), USER)
        self.assertEqual(self.owners(".", "d/d/d"), [USER] * 2)

    def test_each_control_folder_has_a_user_of_its_own_and_keeps_it(self):
        users = [training_user(f"/control/{number}") for number in (1, 2, 1)]
        self.assertEqual(users[0], users[2])
        self.assertNotEqual(users[0], users[1])
        self.assertTrue(all(61184 <= user < 65520 for user in users))


if os.geteuid() != 0:
    del GiveFolderTest


if __name__ == "__main__":
    unittest.main()
