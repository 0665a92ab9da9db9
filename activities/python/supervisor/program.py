"""A program that is to be started, and the news that it could not be."""

from typing import NamedTuple

from memory_group import MemoryGroup


class Program(NamedTuple):
    """`environment` is the whole of it, `output` a descriptor open for appending, `locks` the descriptors that the program
    inherits besides it, `limits` the spec's, `memory_group` its control group or None."""

    command: list
    environment: dict
    output: int
    locks: list
    limits: dict
    memory_group: MemoryGroup | None = None


class StartFailure(Exception):
    """The program did not run, and would not if it were tried again. `reason` is one of exit.json's."""

    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason
