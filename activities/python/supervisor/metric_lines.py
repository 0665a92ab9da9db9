"""Collects the `METRIC name=value` lines of an output, for scripts that do not import the harness. See metrics-tail.ts.

Values must be decimal or a spelling of NaN and infinity, and a line of more than 4 KB is no metric line.
"""

import math
import re

MOST_LINE_BYTES = 4096
_MOST_NAMES = 1000
_MOST_LINES = 1000

# The literal in front lets the search skip what is no metric at 3 GB/s; the look behind it says that the word begins a line.
_LINE = re.compile(
    rb"METRIC (?<=[\r\n]METRIC )([A-Za-z_][\w./-]{0,99})="
    rb"([+-]?(?:[\d.][\d.eE+-]{0,38}|(?i:nan|inf|infinity)))[^\S\r\n]{0,3900}(?=[\r\n])"
)


def collect_metrics(values, output, begins_line):
    """Puts the last value of each name, as it is spelled, into `values`; up to 1000 names.

    `begins_line`: whether the output (bytes) begins with a line. Only its last thousand metric lines are read.
    """
    text = b"\n" + output if begins_line else output
    if _LINE.search(text) is None:  # three times as fast as counting
        return
    if text.count(b"\nMETRIC ") > _MOST_LINES:
        text = b"\nMETRIC " + b"\nMETRIC ".join(text.rsplit(b"\nMETRIC ", _MOST_LINES)[1:])
    for found in _LINE.findall(text):
        name, value = (part.decode() for part in found)
        if _is_value(value) and (name in values or len(values) < _MOST_NAMES):
            values[name] = value


def _is_value(text):
    """A number that is too large for a double is none; one that is called infinity is."""
    try:
        return math.isfinite(float(text)) or text[-1:].isalpha()
    except ValueError:
        return False
