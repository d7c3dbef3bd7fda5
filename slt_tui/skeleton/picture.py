"""A frame's figure as characters: bones to dots, dots to cells of braille or of ASCII."""

# F frames, J points, E bones, N dots, H rows of cells, W columns of cells

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from slt_tui.clip_reading.bones import PARTS, Bones

Points = NDArray[np.float32]
Mask = NDArray[np.bool_]

_NOTHING = -1
_BRAILLE_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.int32)  # rows, columns
_ASCII_BITS = np.array([[1], [2]], np.int32)
_ASCII_GLYPHS = np.array([ord(" "), ord("'"), ord("."), ord(":")], np.int32)
_BEYOND = 0.1  # of the picture: a point farther outside does not make the figure smaller
_MARGIN = 0.02


@dataclass(frozen=True)
class Stage:
    """The part of the picture that a clip's figure ever reaches, in heights of the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, points_FJ2: Points, found_FJ: Mask, bones: Bones, aspect: float) -> Stage:
        """What holds all frames of a clip; ``aspect`` is the picture's width by its height."""
        drawn = [point for part in PARTS for point in bones.points(part) if point not in bones.loose] + [
            point for bone in bones.head for point in bone
        ]
        xy_N2 = points_FJ2[:, drawn][found_FJ[:, drawn]]
        inside_N2 = xy_N2[((xy_N2 > -_BEYOND) & (xy_N2 < 1 + _BEYOND)).all(axis=1)]
        xy_N2 = inside_N2 if len(inside_N2) else xy_N2
        if not len(xy_N2):
            return cls(0.0, 0.0, aspect, 1.0)
        (left, top), (right, bottom) = xy_N2.min(axis=0).tolist(), xy_N2.max(axis=0).tolist()
        margin = _MARGIN * max(right - left, bottom - top, 1e-3)
        return cls((left - margin) * aspect, top - margin, (right + margin) * aspect, bottom + margin)


@dataclass(frozen=True)
class Picture:
    """Characters of a figure, and of each cell the part that it shows: its place in PARTS, or -1."""

    glyphs_HW: NDArray[np.int32]
    parts_HW: NDArray[np.int8]

    def rows(self) -> Iterator[list[tuple[str, str]]]:
        """The runs of each row: text and the part that it shows; blanks belong to the run before."""
        for glyphs_W, parts_W in zip(self.glyphs_HW.tolist(), self.parts_HW.tolist(), strict=True):
            yield list(_runs(glyphs_W, parts_W))

    def text(self) -> str:
        """The figure without colours."""
        return "\n".join("".join(text for text, _ in row).rstrip() for row in self.rows())


@dataclass(frozen=True)
class Easel:
    """Draws the frames of one clip, all in the same place, in ``columns`` x ``rows`` cells.

    Braille cells have 2 x 4 dots, with ``plain`` ASCII ones 1 x 2; a cell is taken as twice as high as wide.
    """

    bones: Bones
    stage: Stage
    aspect: float
    columns: int
    rows: int
    plain: bool = False

    def draw(self, points_J2: Points, found_J: Mask) -> Picture:
        """The figure of one frame; bones of points that are missing are absent."""
        bits = self._bits
        dots_HW = np.full((self.rows * bits.shape[0], self.columns * bits.shape[1]), _NOTHING, np.int8)
        places_J2 = self._place(points_J2)
        for number, part in enumerate(PARTS):
            lines = self.bones.parts.get(part, ()) + (self.bones.links if part == "body" else ())
            if part == "face" and not found_J[list(self.bones.points("face"))].any():
                lines = self.bones.head
            dots = [(point, point) for point in self.bones.dots.get(part, ())]
            _draw_lines(dots_HW, places_J2, found_J, [*lines, *dots], value=number)
        return _as_cells(dots_HW, bits, plain=self.plain)

    def draw_lettered(self, points_J2: Points, found_J: Mask) -> Picture:
        """The same with an L and an R at the wrists, which tell the hands apart without colours."""
        picture = self.draw(points_J2, found_J)
        cells_J2 = np.rint(self._place(points_J2)).astype(int) // self._bits.shape[::-1]
        for part, letter in (("hand_l", "L"), ("hand_r", "R")):
            wrist = next(iter(self.bones.points(part)), None)
            if wrist is None or not found_J[wrist]:
                continue
            x, y = cells_J2[wrist].tolist()
            if 0 <= x < self.columns and 0 <= y < self.rows:
                picture.glyphs_HW[y, x], picture.parts_HW[y, x] = ord(letter), PARTS.index(part)
        return picture

    @property
    def _bits(self) -> NDArray[np.int32]:
        return _ASCII_BITS if self.plain else _BRAILLE_BITS

    def _place(self, points_J2: Points) -> NDArray[np.float64]:
        """Points in dots, the stage as large as the cells allow and in their middle."""
        size = np.array([self.columns, self.rows]) * self._bits.shape[::-1] - 1
        corner = np.array([self.stage.left, self.stage.top])
        extent = np.maximum(np.array([self.stage.right, self.stage.bottom]) - corner, 1e-6)
        scale = (size / extent).min()
        places_J2 = points_J2 * np.array([self.aspect, 1.0]) - corner
        return np.asarray(places_J2 * scale + (size - extent * scale) / 2)


def _draw_lines(
    dots_HW: NDArray[np.int8],
    places_J2: NDArray[np.float64],
    found_J: Mask,
    lines: list[tuple[int, int]],
    *,
    value: int,
) -> None:
    """Set the dots of all lines whose both ends were found, at once; what leaves the canvas is cut."""
    ends_E2 = np.array(lines, np.intp).reshape(-1, 2)
    ends_E2 = ends_E2[found_J[ends_E2].all(axis=1)]
    if not len(ends_E2):
        return
    limit = 4 * max(dots_HW.shape)
    from_E2, to_E2 = (np.clip(places_J2[ends_E2[:, end]], -limit, limit) for end in (0, 1))
    steps = int(np.ceil(np.abs(to_E2 - from_E2).max())) + 1
    share_N = np.linspace(0.0, 1.0, max(2, steps))[None, :, None]
    xy_N2 = (
        np.rint(from_E2[:, None] * (1 - share_N) + to_E2[:, None] * share_N).astype(np.intp).reshape(-1, 2)
    )
    height, width = dots_HW.shape
    inside_N = (xy_N2 >= 0).all(axis=1) & (xy_N2[:, 0] < width) & (xy_N2[:, 1] < height)
    dots_HW[xy_N2[inside_N, 1], xy_N2[inside_N, 0]] = value


def _as_cells(dots_HW: NDArray[np.int8], bits: NDArray[np.int32], *, plain: bool) -> Picture:
    rows, columns = bits.shape
    height, width = dots_HW.shape[0] // rows, dots_HW.shape[1] // columns
    cells = dots_HW.reshape(height, rows, width, columns)
    codes_HW = ((cells != _NOTHING) * bits[:, None, :]).sum(axis=(1, 3))
    glyphs_HW = _ASCII_GLYPHS[codes_HW] if plain else np.where(codes_HW == 0, ord(" "), 0x2800 + codes_HW)
    return Picture(glyphs_HW.astype(np.int32), cells.max(axis=(1, 3)))


def _runs(glyphs_W: list[int], parts_W: list[int]) -> Iterator[tuple[str, str]]:
    owners, last = [], next((part for part in parts_W if part != _NOTHING), 0)
    for part in parts_W:
        last = last if part == _NOTHING else part
        owners.append(last)
    at = 0
    for owner, group in groupby(owners):
        length = sum(1 for _ in group)
        yield "".join(map(chr, glyphs_W[at : at + length])), PARTS[owner]
        at += length
