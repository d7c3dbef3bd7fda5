"""The procedural signer's pictures: square crops of face and hands, drawn from the landmarks."""

# T frames, P landmarks, C = x, y, confidence

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from slt_engine.demo.skeleton import BROW, CONTOUR, EYE, FACE, LEFT_HAND, MOUTH, NOSE, RIGHT_HAND

Array = NDArray[np.float32]
Colour = tuple[int, int, int]
Pixels = list[tuple[float, float]]

STREAMS = {"face": FACE, "hand_l": LEFT_HAND, "hand_r": RIGHT_HAND}
MARGIN = 1.2
QUALITY = 90
FINGERS = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))
PALM = (0, 1, 2, 5, 9, 13, 17)
FINGER_WIDTH = 0.017
"""Share of the whole picture's side."""


@dataclass(frozen=True)
class Look:
    """A signer's colours."""

    skin: Colour
    hair: Colour
    backdrop: Colour


def write_crops(
    folder: Path, clip_id: str, points_TPC: Array, eyes_T: Array, *, look: Look, size: int
) -> None:
    """One JPEG a frame and stream under ``folder``; a part that was not found is a black picture."""
    for stream, part in STREAMS.items():
        for frame, (points_PC, eyes) in enumerate(zip(points_TPC[:, part], eyes_T, strict=True)):
            picture = Image.new("RGB", (size, size), look.backdrop if points_PC[0, 2] > 0 else (0, 0, 0))
            if points_PC[0, 2] > 0:
                _draw(picture, points_PC, stream=stream, eyes=float(eyes), look=look)
            picture.save(folder / stream / f"{clip_id}_f{frame:06d}.jpg", quality=QUALITY)


def _draw(picture: Image.Image, points_PC: Array, *, stream: str, eyes: float, look: Look) -> None:
    low, high = points_PC[:, :2].min(axis=0), points_PC[:, :2].max(axis=0)
    pixels = picture.width / (MARGIN * float((high - low).max()))
    at = (points_PC[:, :2] - (low + high) / 2) * pixels + picture.width / 2
    points = [(float(x), float(y)) for x, y in at]
    draw = ImageDraw.Draw(picture)
    if stream == "face":
        _draw_face(draw, points, eyes=eyes, look=look)
    else:
        _draw_hand(draw, points, width=FINGER_WIDTH * pixels, skin=look.skin)


def _draw_hand(draw: ImageDraw.ImageDraw, points: Pixels, *, width: float, skin: Colour) -> None:
    """The palm, then each finger with a dark edge, so that folded ones show on it."""
    edge = _darker(skin)
    draw.polygon([points[i] for i in PALM], fill=skin, outline=edge)
    for finger in FINGERS:
        path = [points[i] for i in finger]
        for colour, thick in ((edge, width + 3), (skin, width)):
            draw.line(path, fill=colour, width=max(1, round(thick)), joint="curve")
            _dot(draw, path[-1], thick / 2, colour)


def _draw_face(draw: ImageDraw.ImageDraw, points: Pixels, *, eyes: float, look: Look) -> None:
    jaw = points[CONTOUR]
    (left, top), (right, _) = jaw[0], jaw[-1]
    outer_arc, inner_arc = _arc(jaw[0], jaw[-1], rise=0.62), _arc(jaw[0], jaw[-1], rise=0.48)
    unit = float(np.hypot(right - left, jaw[-1][1] - top)) / 10
    draw.polygon([*jaw, *outer_arc[::-1]], fill=look.skin, outline=_darker(look.skin))
    draw.polygon([*outer_arc, *inner_arc[::-1]], fill=look.hair)
    for inner, outer in (points[BROW][:2], points[BROW][2:]):
        draw.line([inner, outer], fill=look.hair, width=max(1, round(unit * 0.6)))
    for start, end in (points[EYE][:2], points[EYE][2:]):
        _draw_eye(draw, start, end, opened=eyes, unit=unit)
    draw.line(points[NOSE], fill=_darker(look.skin), width=max(1, round(unit * 0.5)))
    draw.polygon(points[MOUTH], fill=(150, 40, 50), outline=(90, 20, 30))


def _draw_eye(
    draw: ImageDraw.ImageDraw,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    opened: float,
    unit: float,
) -> None:
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    if opened > 0.5:
        _dot(draw, middle, unit, (250, 250, 250))
        _dot(draw, middle, unit * 0.5, (20, 20, 30))
    else:
        draw.line([start, end], fill=(20, 20, 30), width=max(1, round(unit * 0.3)))


def _arc(start: tuple[float, float], end: tuple[float, float], *, rise: float) -> Pixels:
    """A dome over the line from ``start`` to ``end``, ``rise`` times as high as that is long."""
    (x, y), (across, along) = start, (end[0] - start[0], end[1] - start[1])
    dome = [(u, rise * float(np.sin(np.pi * u)) ** 0.6) for u in np.linspace(0.0, 1.0, 9)]
    return [(x + u * across + h * along, y + u * along - h * across) for u, h in dome]


def _dot(draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, colour: Colour) -> None:
    x, y = centre
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _darker(colour: Colour) -> Colour:
    red, green, blue = colour
    return (red * 3 // 5, green * 3 // 5, blue * 3 // 5)
