"""Plot: lines and how they are looked at, drawn into a picture of so many cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from slt_tui.chart import inks
from slt_tui.chart.frame import Frame, lay_out, put_axes
from slt_tui.chart.header import Header, put_header
from slt_tui.chart.limits import place_axis, whole_range
from slt_tui.chart.line import Line
from slt_tui.chart.look import Look
from slt_tui.chart.overlay import put_crosshair, put_selection
from slt_tui.chart.picture import Area, Picture
from slt_tui.chart.reading import snapped
from slt_tui.chart.scale import Scale
from slt_tui.chart.trace import put_lines
from slt_tui.chart.view import View

NOTHING_POSITIVE = "nothing above 0 to draw on a log scale"


@dataclass(frozen=True)
class Plot:
    """What is drawn."""

    lines: Sequence[Line]
    view: View = field(default_factory=View)
    title: str = ""
    metric: str = ""  # how values are written
    axis: str = "step"  # step, epoch or time: what runs along the bottom
    look: Look = field(default_factory=Look)
    empty: str = "no value yet"
    gutter: int = 7  # the least room left of the area, so that charts above each other are aligned


@dataclass(frozen=True)
class Drawn:
    """A plot as it stands, and where its numbers are."""

    plot: Plot
    picture: Picture
    header: Header
    area: Area | None = None  # None where there is no room
    whole: Scale | None = None  # from the first to the last x; None where there is no point
    places: Scale | None = None  # what of it is in the picture
    levels: Scale | None = None  # None where no value is in view
    note: str = ""


def draw(plot: Plot, width: int, height: int) -> Drawn:
    """The plot with its axes and lines; ``finish`` adds what changes more often."""
    picture = Picture(width, height)
    header = Header.of(plot.lines, plot.title, plot.metric, plot.axis, plot.look, width, height)
    place_range = whole_range(plot.lines, log=plot.view.x_log)
    whole = place_axis(*place_range, log=plot.view.x_log) if place_range else None
    places = plot.view.shown(whole) if whole else None
    frame = lay_out(
        plot.lines,
        places,
        picture,
        top=len(header.rows),
        gutter=plot.gutter,
        metric=plot.metric,
        y_log=plot.view.y_log,
        look=plot.look,
    )
    drawn = Drawn(plot, picture, header, frame.area, whole, places, frame.levels, _note(plot, frame))
    if frame.area is None:
        return drawn
    put_axes(picture, frame, places, plot.axis, plot.look)
    if frame.levels is None:
        words = NOTHING_POSITIVE if frame.has_dropped else plot.empty
        put_words(picture, frame.area, words)
    else:
        put_lines(picture, frame.area, frame.seen, frame.levels, plot.look, plot.lines)
    return drawn


def finish(
    drawn: Drawn, *, crosshair: float | None = None, selection: tuple[float, float] | None = None
) -> Picture:
    """The picture with its title, the values at the crosshair or the last ones, the crosshair, the selection."""
    picture, plot = drawn.picture.copy(), drawn.plot
    place = None if crosshair is None else snapped(plot.lines, crosshair)
    put_header(picture, drawn.header, plot.lines, place, drawn.note)
    if drawn.area and drawn.places and place is not None:
        put_crosshair(picture, drawn.area, drawn.places, drawn.levels, place, plot.lines, plot.look)
    if drawn.area and drawn.places and selection:
        put_selection(picture, drawn.area, drawn.places, selection)
    return picture


def put_words(picture: Picture, area: Area, words: str) -> None:
    """A sentence in the middle of the area."""
    left = area.x + max((area.width - len(words)) // 2, 0)
    picture.put(left, area.y + area.height // 2, words[: area.width], inks.DIM)


def _note(plot: Plot, frame: Frame) -> str:
    said = []
    if plot.view.x:
        said.append("zoomed")
    if plot.view.x_log:
        said.append("log x")
    if plot.view.y_log:
        said.append("log y")
    if frame.has_dropped:
        said.append("<= 0 left out")
    return ", ".join(said)
