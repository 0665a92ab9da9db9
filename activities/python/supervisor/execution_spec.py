"""The spec of one execution: what the caller of the supervisor gives on stdin, checked.

A JSON object with exactly these fields:
    identity           string: the caller's hash of the script and its settings
    command            list of strings: the program and its arguments; in the sandbox it sees the work folder as /work
    workFolder         absolute path of an existing folder: the current folder of the program
    environment        object of strings: the whole environment of the program, nothing is inherited. The supervisor adds
                       LONGRUN_SECONDS (what is left of the deadline) and the variable that names its slots
    outputFile         absolute path: stdout and stderr are appended to it
    metricsFile        absolute path: where the harness appends its metrics, as the host sees it
    deadlineSeconds    number above 0: the time allowed for all attempts together
    graceSeconds       number, 0 or more: the time between SIGTERM and SIGABRT
    unattendedSeconds  number above 0: after so long without contact (contact.py) it stops at a checkpoint
    slots              list of {"name", "lockFile", "deviceNodes"}: what it may use; the lock files' folder exists
    slotCount          whole number, 0 or more: how many of them it needs; more than there are is busy
    visibleDevices     null, or the environment variable that names the slots it got, such as "CUDA_VISIBLE_DEVICES"
    limits             {"memoryBytes", "processes", "workBytes", "workFiles", "fileBytes", "freeDiskBytes", "outputBytes"}:
                       numbers above 0 (freeDiskBytes: 0 or more). "processes" binds in the sandbox only. They count at the
                       first start; an execution that is resumed keeps them
    stall              {"quietSeconds", "stepFactor", "firstStepSeconds"}: numbers above 0
    sandbox            null: the program runs with the caller's rights; or {"bubblewrap", "readOnlyPaths", "dataSets",
                       "temporaryBytes", "sharedMemoryBytes", "preflight"}, which bubblewrap_arguments.py explains
"""

import json
import math
import os

# Folders that a sandbox makes itself: what is bound under them would hide them, or be hidden.
_OWN_FOLDERS = ("/work", "/data", "/dev", "/proc", "/sys")


def parse_spec(text):
    """Returns the spec; raises ValueError with one sentence that names the field."""
    spec = _parse_json(text)
    _check_object(spec, "", _SPEC)
    return spec


def parse_probe(text):
    """The same for the fields 'sandbox' (not null) and 'command' alone."""
    probe = _parse_json(text)
    _check_object(probe, "", {"sandbox": _object_of(_SANDBOX), "command": _SPEC["command"]})
    return probe


def _parse_json(text):
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"the spec on stdin is not JSON: {error}") from None


def _check_object(value, place, checks):
    """`checks` holds a function of (value, place) for each field; the place of the spec itself is ""."""
    if not isinstance(value, dict):
        raise ValueError(f"the spec's field '{place}' must be an object" if place else "the spec on stdin must be an object")
    prefix = f"{place}." if place else ""
    for name, check in checks.items():
        if name not in value:
            raise ValueError(f"the spec's field '{prefix}{name}' is missing")
        check(value[name], f"{prefix}{name}")
    if unknown := sorted(set(value) - set(checks)):
        raise ValueError(f"the spec has unknown fields: {', '.join(repr(prefix + name) for name in unknown)}")


def _must(is_valid, expectation):
    def check(value, place):
        if not is_valid(value):
            raise ValueError(f"the spec's field '{place}' must be {expectation}")

    return check


def _object_of(checks):
    return lambda value, place: _check_object(value, place, checks)


def _list_of(check):
    def check_list(value, place):
        if not isinstance(value, list):
            raise ValueError(f"the spec's field '{place}' must be a list")
        for index, item in enumerate(value):
            check(item, f"{place}[{index}]")

    return check_list


def _null_or(check):
    return lambda value, place: None if value is None else check(value, place)


def _is_text(value):
    return isinstance(value, str) and value != "" and "\0" not in value


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_command(value):
    return isinstance(value, list) and value != [] and _is_text(value[0]) and all(_is_argument(part) for part in value)


def _is_argument(value):
    return isinstance(value, str) and "\0" not in value


def _is_environment(value):
    return isinstance(value, dict) and all(
        _is_text(name) and "=" not in name and _is_argument(content) for name, content in value.items()
    )


def _is_absolute_path(value):
    return _is_text(value) and os.path.isabs(value)


def _is_place_for_binding(value):
    if not _is_absolute_path(value) or os.path.normpath(value) != value:
        return False
    return value != "/" and not any(f"{value}/".startswith(f"{folder}/") for folder in _OWN_FOLDERS)


def _is_file_name(value):
    return _is_text(value) and "/" not in value and value not in (".", "..")


_text = _must(_is_text, "a string that is not empty")
_path = _must(_is_absolute_path, "an absolute path")
_positive = _must(lambda value: _is_number(value) and value > 0, "a number above 0")
_not_negative = _must(lambda value: _is_number(value) and value >= 0, "a number, 0 or more")
_command = _must(_is_command, "a list of strings that begins with a program")

_LIMITS = {
    "memoryBytes": _positive,
    "processes": _positive,
    "workBytes": _positive,
    "workFiles": _positive,
    "fileBytes": _positive,
    "freeDiskBytes": _not_negative,
    "outputBytes": _positive,
}
_SANDBOX = {
    "bubblewrap": _text,
    "readOnlyPaths": _list_of(
        _must(_is_place_for_binding, f"a plain absolute path that is neither / nor under {', '.join(_OWN_FOLDERS)}")
    ),
    "dataSets": _list_of(_object_of({"name": _must(_is_file_name, "a file name"), "path": _path})),
    "temporaryBytes": _positive,
    "sharedMemoryBytes": _positive,
    "preflight": _must(lambda value: value == [] or _is_command(value), "an empty list or a command"),
}
_SPEC = {
    "identity": _text,
    "command": _command,
    "workFolder": _must(
        lambda value: _is_absolute_path(value) and os.path.isdir(value), "the absolute path of a folder that exists"
    ),
    "environment": _must(_is_environment, "an object of strings"),
    "outputFile": _path,
    "metricsFile": _path,
    "deadlineSeconds": _positive,
    "graceSeconds": _not_negative,
    "unattendedSeconds": _positive,
    "slots": _list_of(_object_of({"name": _text, "lockFile": _path, "deviceNodes": _list_of(_path)})),
    "slotCount": _must(lambda value: type(value) is int and value >= 0, "a whole number, 0 or more"),
    "visibleDevices": _null_or(_must(lambda value: _is_text(value) and "=" not in value, "the name of a variable")),
    "limits": _object_of(_LIMITS),
    "stall": _object_of({"quietSeconds": _positive, "stepFactor": _positive, "firstStepSeconds": _positive}),
    "sandbox": _null_or(_object_of(_SANDBOX)),
}
