"""Keeps the output of a program that may write for days within a cap of disk space: its head and its tail stay.

The program appends to the file. The keeper frees the middle by punching holes, which is free of races because the file only
grows at its end. Before a range is freed its bytes and lines are counted and its `METRIC name=value` lines are collected.
CONTROL/output.json is the record, and it comes first: it says what is dropped, then the hole is punched, so that after a
crash between the two the next keeper punches it again and the count stays right. `finish` makes a readable file of it all:

    head
    [longrun: N bytes (M lines) of output were dropped here]
    METRIC name=value                                        the last dropped value of each name
    tail

A later attempt appends to that file. What it drops begins right behind the receipt, so the receipt is replaced by one that
counts both. Cuts are made between lines where the line is not longer than 4 KB.

Limits: of 256 KB of output the last thousand metric lines are read, and a thousand names in all. A hostile program can shrink
its output or write into the hole: what is lost or freed then is not counted, and neither is a hole that it makes itself. Where
holes cannot be punched nothing is dropped, and `overflow` tells when it is too much.
"""

import errno
import os
import time

from control_files import flush_folder, note, read_json, write_json
from file_holes import can_punch_holes, next_data, punch_hole
from metric_lines import MOST_LINE_BYTES, collect_metrics

_PIECE_BYTES = 256 * 1024
_PATIENCE_SECONDS = 0.5  # the longest call: only a backlog of some hundred megabytes takes it
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}

_NOTHING_DROPPED = {
    "headBytes": None,  # where the head ends; null as long as there is no hole
    "holeStart": 0,  # behind the head and the receipt of an earlier attempt
    "holeEnd": 0,
    "endsLine": True,  # whether what is dropped ends with a line
    "droppedBytes": 0,
    "droppedLines": 0,
    "receiptedBytes": 0,  # how many of the dropped ones the receipt in the text counts
    "removedBytes": 0,  # by how much `finish` has made the file shorter
    "metrics": {},
}


class OutputKeeper:
    """`size`: bytes the program has written so far, `dropped_bytes`: those that are gone, both over all attempts.

    Makes the output file if there is none. Raises OSError, and ValueError if output.json is damaged.
    """

    def __init__(self, control, output_file, cap_bytes):
        self._record_file = os.path.join(control, "output.json")
        self._output_file = output_file
        self._cap_bytes = cap_bytes
        self._can_punch = can_punch_holes(os.path.dirname(output_file))
        self._record = read_json(self._record_file) or _NOTHING_DROPPED
        self._descriptor = os.open(output_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._file_size = 0
        self._has_complained = False
        self._complete_what_was_begun()
        self._look()

    @property
    def size(self):
        return self._file_size + self._record["removedBytes"]

    @property
    def dropped_bytes(self):
        return self._record["droppedBytes"]

    def advance(self):
        """Drops what is too much. Takes milliseconds; while it catches up with a flood, half a second. Returns whether there is
        more to drop."""
        status = self._look()
        if not self._can_punch:
            return False
        if self._has_too_much():
            self._drop_until(self._file_size - self._cap_bytes * 5 // 8)
        elif status.st_blocks * 512 > self._cap_bytes * 2:
            self._punch_again()  # somebody wrote into it
        return self._has_too_much()

    def is_flooded(self):
        """Whether the program is so far ahead that it should wait until `advance` has nothing left to drop."""
        self._look()
        return self._can_punch and self._has_too_much(self._cap_bytes // 2)

    def overflow(self):
        """A message if the output passed the cap and holes cannot be punched here; None otherwise."""
        if self._can_punch or self._file_size <= self._cap_bytes:
            return None
        return (
            f"the output has {self._file_size} bytes, the limit is {self._cap_bytes}: "
            "the file system under it cannot free the middle of a file"
        )

    def finish(self):
        """Call it once the program is dead. Raises OSError if there is no room; then it may be called again."""
        hole_end = None
        while hole_end != (hole_end := self._record["holeEnd"]):
            self.advance()
        if self._record["droppedBytes"] > self._record["receiptedBytes"]:
            self._replace_output_file()
        os.close(self._descriptor)

    def _complete_what_was_begun(self):
        """A crash may have come between a record and the hole it speaks of, or while the file was being replaced."""
        replacement = self._record.get("replacement")
        self._record = {name: value for name, value in self._record.items() if name != "replacement"}
        if replacement and replacement["inode"] == os.fstat(self._descriptor).st_ino:
            self._record = replacement["record"]
        elif self._can_punch:
            self._punch_again()

    def _punch_again(self):
        start, end = self._record["holeStart"], self._record["holeEnd"]
        if start < end:
            punch_hole(self._descriptor, start, end)

    def _has_too_much(self, more_bytes=0):
        hole_end = max(self._record["holeEnd"], self._cap_bytes // 8)
        return self._file_size - hole_end > self._cap_bytes * 7 // 8 + more_bytes

    def _look(self):
        """A file that has become shorter keeps its counts; where its text now ends, nothing of it is a hole."""
        status = os.fstat(self._descriptor)
        self._file_size = size = status.st_size
        if size < self._record["holeStart"]:
            self._record = self._record | {"headBytes": None, "holeStart": 0, "holeEnd": 0, "endsLine": True}
        elif size < self._record["holeEnd"]:
            self._record = self._record | {"holeEnd": size, "endsLine": False}
        else:
            return status
        self._write_record(self._record)
        return status

    def _drop_until(self, target):
        record = self._with_head()
        dropped = self._tally(record, target)
        if dropped["holeEnd"] == record["holeEnd"] or not self._write_record(dropped):
            return
        self._record = dropped
        # From a little before, so that the block in which the last hole ended is freed as well.
        start = max(record["holeStart"], record["holeEnd"] - _PIECE_BYTES)
        punch_hole(self._descriptor, start, dropped["holeEnd"])

    def _with_head(self):
        if self._record["headBytes"] is not None:
            return self._record
        head = os.pread(self._descriptor, self._cap_bytes // 8, 0)
        head = _whole_lines(head) if len(head) < self._file_size else head
        place = {"headBytes": len(head), "holeStart": len(head), "holeEnd": len(head)}
        return self._record | place | {"endsLine": head[-1:] in (b"", b"\n")}

    def _tally(self, record, target):
        """The record after dropping from the end of its hole to about the target, or less if that takes too long."""
        position, ends_line, metrics = record["holeEnd"], record["endsLine"], dict(record["metrics"])
        lines = count = data_end = 0
        give_up_at = time.monotonic() + _PATIENCE_SECONDS
        while position < target and time.monotonic() < give_up_at:
            if position >= data_end:
                data_start, data_end = next_data(self._descriptor, position, target)
                position, ends_line = data_start, ends_line and data_start == position
                continue
            read = os.pread(self._descriptor, min(_PIECE_BYTES, data_end - position), position)
            piece = _whole_lines(read)
            collect_metrics(metrics, piece, ends_line)
            count, lines = count + len(piece), lines + piece.count(b"\n")
            is_last = position + len(read) >= target or read == b""  # or it has just become shorter
            position, ends_line = position + len(piece), piece.endswith(b"\n")
            if is_last:
                break
        total = {"droppedBytes": record["droppedBytes"] + count, "droppedLines": record["droppedLines"] + lines}
        return record | {"holeEnd": position, "endsLine": ends_line, "metrics": metrics} | total

    def _write_record(self, record):
        """False if the disk is full: then nothing may be dropped yet."""
        try:
            write_json(self._record_file, record)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            if not self._has_complained:
                note(f"output.json cannot be written, and until it can the output is not cut: {error}")
            self._has_complained = True
            return False
        self._has_complained = False
        return True

    def _replace_output_file(self):
        record = self._with_head()
        unfinished = f"{self._output_file}.unfinished"
        with open(unfinished, "wb") as file:
            os.fchmod(file.fileno(), os.fstat(self._descriptor).st_mode & 0o777)
            hole_start = self._write_text(file, record)
            file.flush()
            os.fsync(file.fileno())
            new = os.fstat(file.fileno())
        place = {"holeStart": hole_start, "holeEnd": hole_start, "receiptedBytes": record["droppedBytes"]}
        after = record | place | {"removedBytes": self.size - new.st_size}
        write_json(self._record_file, record | {"replacement": {"inode": new.st_ino, "record": after}})
        os.replace(unfinished, self._output_file)
        flush_folder(os.path.dirname(self._output_file))
        write_json(self._record_file, after)
        self._record, self._file_size = after, new.st_size

    def _write_text(self, file, record):
        """Returns where the receipt ends."""
        head = os.pread(self._descriptor, record["headBytes"], 0)
        receipt = f"[longrun: {record['droppedBytes']} bytes ({record['droppedLines']} lines) of output were dropped here]\n"
        receipt += "".join(f"METRIC {name}={value}\n" for name, value in record["metrics"].items())
        file.write(head if head[-1:] in (b"", b"\n") else head + b"\n")
        file.write(receipt.encode())
        receipt_end = file.tell()
        position = data_end = record["holeEnd"]
        while position < self._file_size:
            if position >= data_end:
                position, data_end = next_data(self._descriptor, position, self._file_size)
                continue
            piece = os.pread(self._descriptor, min(_PIECE_BYTES, data_end - position), position)
            if piece == b"":  # a process that could not be killed has made it shorter
                break
            file.write(piece)
            position += len(piece)
        return receipt_end


def _whole_lines(piece):
    """Without the line it ends in the middle of, unless that line is so long that it can be no metric."""
    end = piece.rfind(b"\n", max(0, len(piece) - MOST_LINE_BYTES)) + 1
    return piece[:end] if end > 0 else piece
