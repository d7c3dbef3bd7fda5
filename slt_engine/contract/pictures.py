"""Rules on crops: numbered from 0 without gaps, decodable, square, of one size, not black throughout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from slt_engine.clips.crops import CropFiles, decode_whole, list_crops, read_bytes
from slt_engine.clips.errors import DataError
from slt_engine.contract.problem import Problem, error, warning

SAMPLED = 3
"""Pictures of a clip and stream that are decoded where not all are."""
_BLACK = 8  # of 255: JPEG leaves a little noise


def find_crops(stream: str, directory: Path) -> tuple[dict[str, CropFiles], list[Problem]]:
    """The crops of every clip in one pass over ``directory``."""
    try:
        clips = list_crops(directory)
    except DataError as fault:
        message, _, remedy = str(fault).removeprefix(f"{directory}: ").rpartition("; ")
        return {}, [error("directory", directory, message, remedy, stream=stream)]
    if clips:
        return clips, []
    message = "holds no crop such as CLIP_f000000.jpg"
    return {}, [error("directory-empty", directory, message, "give another directory", stream=stream)]


def check_numbers(stream: str, crops: CropFiles) -> Iterator[Problem]:
    """Frames are numbered from 0, each once and without gaps: a gap is read as a hole."""
    where = {"clip": crops.clip_id, "stream": stream}
    files = Counter(number for numbers in crops.numbers.values() for number in numbers)
    if missing := crops.frames - len(files):
        first = next(frame for frame in range(crops.frames) if frame not in files)
        message = f"{missing} of {crops.frames} frames have no crop, the first is {first}"
        remedy = "extract it again, or let them be masked"
        yield warning("crop-gap", crops.directory, message, remedy, **where)
    if twice := [frame for frame, count in files.items() if count > 1]:
        message = f"{len(twice)} frames have two files, such as frame {twice[0]}"
        yield warning("crop-twice", crops.directory, message, "keep one", **where)


def check_pictures(
    stream: str, crops: CropFiles, frames: Sequence[int], sizes: Counter[tuple[int, int]]
) -> Iterator[Problem]:
    """Decode the pictures of ``frames``; their sizes are counted in ``sizes``."""
    where = {"clip": crops.clip_id, "stream": stream}
    brightest = 0
    for frame in frames:
        path = Path(crops.whereabouts(frame))
        try:
            picture_HWC = decode_whole(read_bytes(path), whereabouts=str(path))
        except DataError as fault:
            message, _, remedy = str(fault).removeprefix(f"{path}: ").rpartition("; ")
            yield error("crop-broken", path, message, remedy, **where)
            brightest = 255
            continue
        height, width = picture_HWC.shape[:2]
        sizes[width, height] += 1
        if width != height:
            message = f"is {width} x {height}"
            yield warning("crop-shape", path, message, "crops are square: extract again", **where)
        brightest = max(brightest, int(picture_HWC.max()))
    if brightest < _BLACK:
        message = f"the {len(frames)} crops looked at are black"
        yield warning("crop-black", crops.directory, message, "look whether the part is ever seen", **where)


def check_sizes(directory: Path, stream: str, sizes: Counter[tuple[int, int]]) -> Iterator[Problem]:
    """One size is decoded fastest, and says that all are of one extraction."""
    if len(sizes) > 1:
        told = ", ".join(f"{count} of {w} x {h}" for (w, h), count in sizes.most_common(4))
        yield warning(
            "crop-sizes", directory, f"are of several sizes: {told}", "extract again", stream=stream
        )


def numbers_of(crops: CropFiles) -> list[int]:
    """The frames that have a crop, rising."""
    return sorted({number for numbers in crops.numbers.values() for number in numbers})


def spread(numbers: Sequence[int], most: int) -> list[int]:
    """``most`` of the frames, evenly over the clip."""
    chosen = np.unique(np.linspace(0, len(numbers) - 1, most).round().astype(int))
    return [numbers[place] for place in chosen]
