"""A program that is to be started, and the news that it could not be."""

from typing import NamedTuple


class Program(NamedTuple):
    """`environment` is the whole of it, `output` a descriptor open for appending, `locks` the descriptors that the program
    inherits besides it, `limits` the spec's."""

    command: list
    environment: dict
    output: int
    locks: list
    limits: dict


class StartFailure(Exception):
    """The program did not run, and would not if it were tried again. `reason` is one of exit.json's."""

    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason
