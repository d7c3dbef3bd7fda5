"""What a video file is by its first bytes, and whether its end is missing: known before a decoder sees it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from slt_engine.clips.errors import DataError

_ISO_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_LONGEST_WALK = 100_000  # boxes


def check_container(path: Path) -> None:
    """Raise DataError for a file that is empty, no video, or a .mp4 or .mov that is cut short.

    A decoder guesses by content, and might follow a playlist that is called .mp4 to other files.
    """
    try:
        with path.open("rb") as file:
            kind = _kind(file.read(16))
            size = os.fstat(file.fileno()).st_size
            needed = _iso_bytes(file, size) if kind == "iso" else size
    except OSError as fault:
        raise DataError(f"{path}: cannot be read ({fault.strerror}); check the file") from fault
    if not size:
        raise DataError(f"{path}: is empty; copy it again")
    if not kind:
        raise DataError(f"{path}: is no video, whatever its name says; remove it or convert it")
    if needed > size:
        raise DataError(f"{path}: is cut short ({size:,} of {needed:,} bytes or more); copy it again")


def _kind(start: bytes) -> str:
    if start[4:8] in _ISO_BOXES:
        return "iso"
    if start[:4] == b"\x1aE\xdf\xa3":
        return "matroska"
    if start[:4] == b"RIFF" and start[8:12] == b"AVI ":
        return "avi"
    return "gif" if start[:4] == b"GIF8" else ""


def _iso_bytes(file: IO[bytes], size: int) -> int:
    """Where the last of a file's boxes ends (ISO/IEC 14496-12, 4.2)."""
    at = 0
    for _ in range(_LONGEST_WALK):
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:], "big")
        if length < 8:  # 0: to the end of the file; anything else is damage, for the decoder to judge
            return size
        at += length
        if at >= size:
            break
    return at
