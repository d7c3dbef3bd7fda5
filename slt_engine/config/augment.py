"""The data section's changes to training clips: mixed streams, moved keypoints, warped time, mirrors."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from slt_engine.config.base import Flag, Kind, Maybe, Probability, Repeatable, Section, read_number

MIXED_STREAMS = ("face", "hand_left", "hand_right", "pose")
MIX_FORM = "STREAM[:P]"


def normalise_mix_spec(spec: Any) -> dict[str, float]:
    """The probability with which each stream is mixed, from any of its spellings.

    A text or a list of texts STREAM[:P] (P is 1 where it is not given), or a mapping of streams to P; dashes and
    underscores are the same. Raises ValueError for an unknown stream, one named twice, or a P outside [0, 1].
    """
    pairs = [(_stream(name), _probability(name, chance)) for name, chance in _pairs(spec)]
    mixed = dict(pairs)
    if len(mixed) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"names {next(name for name in names if names.count(name) > 1)} more than once")
    return {stream: mixed[stream] for stream in MIXED_STREAMS if stream in mixed}


def read_scale(value: Any) -> tuple[float, ...]:
    """Two factors above 0, the smaller first."""
    factors = _read_range(value, "min,max")
    if factors[0] <= 0:
        raise ValueError(f"must be above 0, not {factors[0]:g}; write min,max such as 0.9,1.1")
    return factors


def read_angles(value: Any) -> tuple[float, ...]:
    """Two angles, the smaller first."""
    return _read_range(value, "min,max in degrees")


def read_shifts(value: Any) -> tuple[float, ...]:
    """min_x, max_x, min_y, max_y; of one number X that is -X to X on both axes, of two min to max on both."""
    form = "X, min,max or min_x,max_x,min_y,max_y"
    shifts = _read_numbers(value, form)
    if len(shifts) == 1:
        if shifts[0] < 0:
            raise ValueError(f"one value X means -X to X, so it must not be negative, as {shifts[0]:g} is")
        shifts = (-shifts[0], shifts[0])
    if len(shifts) == 2:
        shifts *= 2
    if len(shifts) != 4:
        raise ValueError(f"must be {form}")
    _refuse_backwards(shifts[:2])
    _refuse_backwards(shifts[2:])
    return shifts


def _read_range(value: Any, form: str) -> tuple[float, ...]:
    numbers = _read_numbers(value, form)
    if len(numbers) != 2:
        raise ValueError(f"must be {form}")
    _refuse_backwards(numbers)
    return numbers


def _read_numbers(value: Any, form: str) -> tuple[float, ...]:
    parts = (
        value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
    )
    try:
        numbers = tuple(float(read_number(part)) for part in parts)
    except (TypeError, ValueError):
        raise ValueError(f"must be {form}") from None
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"must be {form}, finite numbers")
    return numbers


def _refuse_backwards(numbers: tuple[float, ...]) -> None:
    low, high = numbers
    if low > high:
        raise ValueError(f"{low:g} is above {high:g}; the smaller comes first")


def _pairs(spec: Any) -> Iterable[tuple[Any, Any]]:
    if spec is None:
        return []
    if isinstance(spec, str):
        text = spec.strip()
        if text.lower() in ("none", "null"):
            return []
        if not text.startswith("{"):
            return [_split(part) for part in text.split(",")]
        try:
            spec = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"must be {MIX_FORM} or a mapping ({error.msg})") from None
    if isinstance(spec, Mapping):
        return spec.items()
    if not isinstance(spec, list | tuple):
        raise ValueError(f"must be {MIX_FORM} or a mapping")
    return [pair for part in spec for pair in _pairs(part)]


def _split(part: str) -> tuple[str, str]:
    stream, colon, chance = part.partition(":")
    return stream, chance if colon else "1"


def _stream(name: Any) -> str:
    stream = str(name).strip().lower().replace("-", "_")
    if stream not in MIXED_STREAMS:
        known = ", ".join(MIXED_STREAMS).replace("_", "-")
        raise ValueError(f"{str(name).strip()!r} is no stream that can be mixed; those are {known}")
    return stream


def _probability(name: Any, chance: Any) -> float:
    try:
        number = float(read_number(chance))
    except (TypeError, ValueError):
        raise ValueError(f"the probability of {name} must be a number from 0 to 1, not {chance!r}") from None
    if not 0 <= number <= 1:
        raise ValueError(f"the probability of {name} must be from 0 to 1, not {number:g}")
    return number


MixSpec = Annotated[
    dict[str, float],
    BeforeValidator(normalise_mix_spec),
    Kind(f"{MIX_FORM}, repeatable"),
    Repeatable(),
]
Scales = Annotated[tuple[float, float], BeforeValidator(read_scale), Kind("min,max > 0")]
Angles = Annotated[tuple[float, float], BeforeValidator(read_angles), Kind("min,max degrees")]
Shifts = Annotated[
    tuple[float, float, float, float],
    BeforeValidator(read_shifts),
    Kind("X | min,max | min_x,max_x,min_y,max_y"),
]


class Augmentation(Section):
    """Augmentation"""

    mix_streams: Annotated[MixSpec, Flag("--mix-stream")] = Field(default_factory=dict)
    """Exchange a stream between the clips of a training batch with probability P, 1 if left out: face, hand-left,
    hand-right or pose. Its length and masks go with it."""

    keypoint_normalize_center: bool = True
    """Scale and turn keypoints about the centre of the picture; otherwise about its upper left corner."""

    keypoint_scale_range: Maybe[Scales] = None
    """Scale a training clip's keypoints by a factor drawn from this range, such as 0.9,1.1."""

    keypoint_translate_range: Maybe[Shifts] = None
    """Move a training clip's keypoints, in parts of the picture's width and height: X for -X to X, a range for both
    axes, or one for each."""

    keypoint_rotate_range: Maybe[Angles] = None
    """Turn a training clip's keypoints by an angle drawn from this range, such as -15,15; clockwise is positive."""

    keypoint_resample_range: Maybe[Scales] = None
    """Make a training clip longer or shorter by a factor drawn from this range before its frames are chosen; all of
    its streams alike."""

    flip_probability: Probability = 0.0
    """Show a training clip as in a mirror with this probability, hands and landmarks changing sides."""
