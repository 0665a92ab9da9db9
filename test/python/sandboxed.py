"""What the tests of sandboxes share: each of them runs as every caller there is."""

import sys
import unittest

from callers import callers
from supervised_execution import SupervisedExecution

from process_facts import is_running


class Sandboxed:
    """For each caller: how a training lives and ends in a sandbox."""

    caller_name = ""

    def execution(self, script, sandbox=None, **changes):
        return SupervisedExecution(self, script, callers()[self.caller_name](), sandbox or {}, **changes)

    def assert_nothing_is_left(self, execution, processes):
        execution.wait_for_free_lock()
        self.assertEqual([pid for pid, start in processes if is_running(pid, start)], [])


def add_cases(namespace, *suites):
    """Puts a test case for each suite and caller into the namespace of a module. None elsewhere than on Linux."""
    for name in callers() if sys.platform == "linux" else ():
        for suite in suites:
            case = f"{suite.__name__.removesuffix('Test')}Of{name.capitalize()}Test"
            namespace[case] = type(case, (suite, unittest.TestCase), {"caller_name": name, "__module__": suite.__module__})
