"""Crops of a clip: a folder of <video_id>_fXXXXXX.jpg listed in one pass, pictures decoded to the size needed."""

# T frames, H x W pixels, C channels (red, green, blue)

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import simplejpeg
from PIL import Image, UnidentifiedImageError

from slt_engine.clips.arrays import open_regular
from slt_engine.clips.errors import DataError

SUFFIXES = (".jpg", ".jpeg", ".png")
DECODING = 1
"""Raised when ``decode_crop`` gives other pixels for a file: what was computed from those before is not used again."""
LARGEST_SIDE = 8192  # pixels; a header that promises more is broken or hostile

_BROKEN = (
    OSError,
    EOFError,
    ValueError,
    IndexError,
    SyntaxError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
_MOST_DIGITS = 9
_MARK = "_f"
_REMEDY = "extract it again or delete it"

Naming = tuple[int, str]  # digits of a frame's number, suffix


@dataclass(frozen=True)
class CropFiles:
    """A clip's crops in one folder: ``frames`` is one more than the highest number, and any number may be missing.

    ``numbers`` holds the frames that have a file, rising, for each way in which files are named.
    """

    directory: Path
    clip_id: str
    frames: int
    numbers: Mapping[Naming, array[int]]

    @property
    def has_gaps(self) -> bool:
        """Whether frames before the last one have no file."""
        return len(set().union(*self.numbers.values())) < self.frames

    def name(self, frame: int) -> str | None:
        """The file of ``frame``; None where there is none."""
        for (digits, suffix), numbers in self.numbers.items():
            place = int(np.searchsorted(np.frombuffer(numbers, np.int32), frame))
            if place < len(numbers) and numbers[place] == frame:
                return f"{self.clip_id}{_MARK}{frame:0{digits}}{suffix}"
        return None

    def read(self, frame: int) -> bytes | None:
        """The encoded picture of ``frame``; None where there is none. Raises DataError."""
        name = self.name(frame)
        return None if name is None else read_bytes(self.directory / name)

    def whereabouts(self, frame: int) -> str:
        """The picture of ``frame`` for a message."""
        return str(self.directory / (self.name(frame) or f"{self.clip_id}{_MARK}{frame:06}.jpg"))

    def fingerprint(self) -> str:
        """A sha256 of the files' names, sizes and times of change."""
        digest = hashlib.sha256()
        for (digits, suffix), numbers in self.numbers.items():
            for number in numbers:
                name = f"{self.clip_id}{_MARK}{number:0{digits}}{suffix}"
                digest.update(f"{name}\0{state_of(self.directory / name)}\0".encode())
        return digest.hexdigest()


def list_crops(directory: Path) -> dict[str, CropFiles]:
    """The crops of every clip in ``directory``, from its names alone; other files are passed over. Raises DataError."""
    numbers: dict[str, dict[Naming, array[int]]] = {}
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if parsed := _parse(entry.name):
                    clip_id, frame, naming = parsed
                    numbers.setdefault(clip_id, {}).setdefault(naming, array("i")).append(frame)
    except OSError as fault:
        raise DataError(f"{directory}: cannot be listed ({fault.strerror}); check the path") from fault
    return {clip_id: _collect(directory, clip_id, named) for clip_id, named in numbers.items()}


def decode_crop(data: bytes | memoryview, into_HWC: np.ndarray, *, whereabouts: str) -> None:
    """Fill ``into_HWC`` (uint8, square) with the picture, in its size. Raises DataError.

    A JPEG is decoded at the smallest of its eight scales that is not smaller; what then differs in size is resampled
    (bicubic), a picture that is not square stretched.
    """
    size = len(into_HWC)
    try:
        if bytes(data[:2]) == b"\xff\xd8":
            _decode_jpeg(data, into_HWC)
        else:
            with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
                _check_sides(picture.height, picture.width)
                into_HWC[:] = _resize(picture.convert("RGB"), size)
    except _BROKEN as fault:
        raise _unreadable(fault, whereabouts) from fault


def decode_whole(data: bytes, *, whereabouts: str) -> np.ndarray:
    """Uint8 (H, W, 3) of a picture in its own size. Raises DataError."""
    try:
        if data[:2] == b"\xff\xd8":
            height, width, _, _ = simplejpeg.decode_jpeg_header(data)
            _check_sides(height, width)
            return np.asarray(simplejpeg.decode_jpeg(data, "RGB"))
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            _check_sides(picture.height, picture.width)
            return np.asarray(picture.convert("RGB"))
    except _BROKEN as fault:
        raise _unreadable(fault, whereabouts) from fault


def is_black(crop_HWC: np.ndarray) -> bool:
    """Whether a crop holds nothing: extraction writes a black one where the part was not found."""
    return not crop_HWC[::16, ::16].any() and not crop_HWC.any()


def read_bytes(path: Path) -> bytes:
    """A picture's file. Raises DataError."""
    try:
        with open_regular(path) as stream:
            return stream.read()
    except OSError as fault:
        raise DataError(f"{path}: cannot be read ({fault.strerror or fault}); {_REMEDY}") from fault


def _parse(name: str) -> tuple[str, int, Naming] | None:
    """Clip, frame and naming of a crop's file name; None for any other file.

    The clip ends at the last "_f", since ids may hold that too.
    """
    stem, dot, ending = name.rpartition(".")
    clip_id, mark, digits = stem.rpartition(_MARK)
    if not (dot and mark and clip_id) or len(digits) > _MOST_DIGITS:
        return None
    if not (digits.isascii() and digits.isdecimal()) or f".{ending.lower()}" not in SUFFIXES:
        return None
    return clip_id, int(digits), (len(digits), f".{ending}")


def _collect(directory: Path, clip_id: str, named: Mapping[Naming, array[int]]) -> CropFiles:
    ordered = {naming: array("i", sorted(named[naming])) for naming in sorted(named, key=_preference)}
    frames = 1 + max(numbers[-1] for numbers in ordered.values())
    return CropFiles(directory, clip_id, frames, ordered)


def _preference(naming: Naming) -> tuple[int, int, str]:
    """Of two files for one frame the JPEG is read, and the one with the longer number."""
    digits, suffix = naming
    return SUFFIXES.index(suffix.lower()), -digits, suffix


def state_of(path: Path) -> str:
    """A file's size and time of change. Raises DataError."""
    try:
        found = path.stat()
    except OSError as fault:
        raise DataError(
            f"{path}: cannot be read ({fault.strerror}); do not change files while they are read"
        ) from fault
    return f"{found.st_size} {found.st_mtime_ns}"


def _decode_jpeg(data: bytes | memoryview, into_HWC: np.ndarray) -> None:
    size = len(into_HWC)
    height, width, _, _ = simplejpeg.decode_jpeg_header(data)
    _check_sides(height, width)
    if height == width == size:
        simplejpeg.decode_jpeg(data, "RGB", buffer=into_HWC)
        return
    crop_HWC = simplejpeg.decode_jpeg(data, "RGB", min_height=size, min_width=size)
    into_HWC[:] = crop_HWC if len(crop_HWC) == crop_HWC.shape[1] == size else _resize(crop_HWC, size)


def _resize(picture: Image.Image | np.ndarray, size: int) -> np.ndarray:
    picture = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    if picture.size != (size, size):
        picture = picture.resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(picture)


def _check_sides(height: int, width: int) -> None:
    if max(height, width) > LARGEST_SIDE:
        raise ValueError(f"{width} x {height} pixels")


def _unreadable(fault: Exception, whereabouts: str) -> DataError:
    unknown = isinstance(fault, UnidentifiedImageError)
    reason = "neither a JPEG nor a PNG" if unknown else _first_line(fault)
    return DataError(f"{whereabouts}: is no readable picture ({reason}); {_REMEDY}")


def _first_line(fault: Exception) -> str:
    return str(fault).splitlines()[0] if str(fault) else type(fault).__name__
