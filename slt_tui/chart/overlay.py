"""What lies upon a plot: the crosshair and the range that is being selected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from slt_tui.chart import inks
from slt_tui.chart.line import Line
from slt_tui.chart.look import Look
from slt_tui.chart.picture import Area, Picture
from slt_tui.chart.reading import value_at
from slt_tui.chart.scale import Scale

_LEFT, _RIGHT = ord("⡇"), ord("⢸")
_SPACE = ord(" ")


def put_crosshair(
    picture: Picture,
    area: Area,
    places: Scale,
    levels: Scale | None,
    place: float,
    lines: Sequence[Line],
    look: Look,
) -> None:
    """An upright line behind the others, and a dot where it meets each of them."""
    column = int(places.cells(np.array([place]), area.width * look.across)[0])
    if not 0 <= column < area.width * look.across:
        return
    x = area.x + column // look.across
    code = ord("|") if look.plain else (_LEFT, _RIGHT)[column % 2]
    codes = picture.codes[area.y : area.y + area.height, x]
    picture.inks[area.y : area.y + area.height, x][codes == _SPACE] = inks.CROSSHAIR
    codes[codes == _SPACE] = code
    for index, line in enumerate(lines):
        value = value_at(line.points, place)
        if value is None or levels is None or not levels.low <= value <= levels.high:
            continue
        row = area.height - 1 - int(levels.cells(np.array([value]), area.height)[0])
        picture.put(x, area.y + row, "@" if look.plain else "●", inks.line_ink(index))


def put_selection(picture: Picture, area: Area, places: Scale, selection: tuple[float, float]) -> None:
    """Another ground behind what is being selected."""
    first, last = np.clip(places.cells(np.array(sorted(selection)), area.width), 0, area.width - 1)
    picture.inks[area.y : area.y + area.height, area.x + first : area.x + last + 1] |= inks.SELECTED
