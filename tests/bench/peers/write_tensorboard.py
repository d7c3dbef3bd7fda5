"""Writes the values as one event file of TensorBoard: write_tensorboard.py COUNT DIRECTORY."""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import BinaryIO

import google_crc32c
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from values import BEGAN, STEP_S, values


def write(record: bytes, file: BinaryIO) -> None:
    """A record of TFRecord: its length and its bytes, each with a masked checksum."""
    length = struct.pack("<Q", len(record))
    file.write(length + checksum(length) + record + checksum(record))


def checksum(data: bytes) -> bytes:
    crc = google_crc32c.value(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


count, directory = int(sys.argv[1]), Path(sys.argv[2])
directory.mkdir(parents=True, exist_ok=True)
with (directory / "events.out.tfevents.1700000000.bench").open("wb") as file:
    write(Event(wall_time=BEGAN, file_version="brain.Event:2").SerializeToString(), file)
    for step, row in enumerate(values(count), start=1):
        summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in row.items()])
        event = Event(wall_time=BEGAN + STEP_S * step, step=step, summary=summary)
        write(event.SerializeToString(), file)
