import os
import tempfile
import unittest
from pathlib import Path

from supervised_execution import SUPERVISOR_FOLDER  # noqa: F401 (it makes the modules below importable)

from memory_group import MemoryGroup, make_memory_group  # noqa: E402
from process_facts import start_time  # noqa: E402


class MemoryGroupTest(unittest.TestCase):
    """With folders in the place of control groups; the kernel's own are there only where a host has delegated one."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.mount = Path(folder.name)
        self.parent = self.mount / "service"
        self.parent.mkdir()
        (self.parent / "cgroup.procs").touch()
        (self.parent / "cgroup.subtree_control").write_text("cpu memory pids\n")

    def make(self, own_group="/service/supervisor"):
        texts = {"groups": f"1:cpu:/\n0::{own_group}\n", "mounts": f"proc /proc proc rw 0 0\nc {self.mount} cgroup2 rw 0 0\n"}
        for name, text in texts.items():
            (self.mount / name).write_text(text)
        return make_memory_group(1000, str(self.mount / "groups"), str(self.mount / "mounts"))

    def groups(self):
        return sorted(self.parent.glob("longrun-*"))

    def test_a_group_is_made_beside_our_own_with_the_limit_and_ends_as_one(self):
        self.assertIsNotNone(self.make())
        (group,) = self.groups()
        settings = {name: (group / name).read_text() for name in ("memory.max", "memory.oom.group")}
        self.assertEqual(settings, {"memory.max": "1000\n", "memory.oom.group": "1\n"})

    def test_there_is_none_where_memory_is_not_handed_down(self):
        (self.parent / "cgroup.subtree_control").write_text("cpu pids\n")
        self.assertIsNone(self.make())
        self.assertEqual(self.groups(), [])

    def test_there_is_none_where_we_are_in_the_root_group_or_in_none(self):
        self.assertIsNone(self.make("/"))
        (self.mount / "groups").write_text("1:memory:/x\n")
        self.assertIsNone(make_memory_group(1000, str(self.mount / "groups"), str(self.mount / "mounts")))

    def test_a_group_that_a_killed_supervisor_left_is_removed_and_one_of_a_living_process_stays(self):
        (self.parent / "longrun-1-0").mkdir()
        living = self.parent / f"longrun-{os.getppid()}-{start_time(os.getppid())}"
        living.mkdir()
        self.make()
        self.assertNotIn(self.parent / "longrun-1-0", self.groups())
        self.assertIn(living, self.groups())

    def test_only_what_the_kernel_ended_is_an_excess(self):
        self.make()
        (folder,) = self.groups()
        group = MemoryGroup(str(folder))
        (folder / "memory.events").write_text("low 0\nmax 7\noom 1\noom_kill 0\n")
        self.assertIsNone(group.excess())
        (folder / "memory.events").write_text("low 0\nmax 7\noom 1\noom_kill 2\n")
        self.assertRegex(group.excess(), "1000 bytes")
