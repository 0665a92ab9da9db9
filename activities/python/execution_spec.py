"""The spec of one execution: what the caller of the supervisor gives on stdin, checked.

A JSON object with exactly these fields:
    identity         string: the caller's hash of the script and its settings
    command          list of strings: the program and its arguments
    workFolder       absolute path of an existing folder: the current folder of the program
    environment      object of strings: the whole environment of the program, nothing is inherited
    outputFile       absolute path: stdout and stderr are appended to it
    deadlineSeconds  number above 0: the time allowed for this start, not for all starts together
    graceSeconds     number, 0 or more: the time between SIGTERM and SIGABRT
    gpus             list of {"uuid", "lockFile"}: the GPUs it may use; the lock files' folder exists
    gpuCount         whole number, 0 or more: how many of them it needs
"""

import json
import math
import os


def parse_spec(text):
    """Returns the spec; raises ValueError with one sentence that names the field."""
    try:
        spec = json.loads(text)
    except ValueError as error:
        raise ValueError(f"the spec on stdin is not JSON: {error}") from None
    if not isinstance(spec, dict):
        raise ValueError("the spec on stdin must be a JSON object")
    for name, (is_valid, expectation) in _FIELDS.items():
        if name not in spec or not is_valid(spec[name]):
            raise ValueError(f"the spec's field '{name}' must be {expectation}")
    if unknown := sorted(set(spec) - set(_FIELDS)):
        raise ValueError(f"the spec has unknown fields: {', '.join(unknown)}")
    if spec["gpuCount"] > len(spec["gpus"]):
        raise ValueError(f"the spec's 'gpuCount' is {spec['gpuCount']}, but its 'gpus' are only {len(spec['gpus'])}")
    return spec


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


def _is_folder(value):
    return _is_absolute_path(value) and os.path.isdir(value)


def _is_gpu_list(value):
    return isinstance(value, list) and all(
        isinstance(gpu, dict) and _is_text(gpu.get("uuid")) and _is_absolute_path(gpu.get("lockFile")) for gpu in value
    )


_FIELDS = {
    "identity": (_is_text, "a string that is not empty"),
    "command": (_is_command, "a list of strings that begins with a program"),
    "workFolder": (_is_folder, "the absolute path of a folder that exists"),
    "environment": (_is_environment, "an object of strings"),
    "outputFile": (_is_absolute_path, "an absolute path"),
    "deadlineSeconds": (lambda value: _is_number(value) and value > 0, "a number above 0"),
    "graceSeconds": (lambda value: _is_number(value) and value >= 0, "a number, 0 or more"),
    "gpus": (_is_gpu_list, "a list of objects with 'uuid' and 'lockFile' (an absolute path)"),
    "gpuCount": (lambda value: type(value) is int and value >= 0, "a whole number, 0 or more"),
}
