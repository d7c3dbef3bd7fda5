"""Painted: a widget that draws itself line by line and repaints no more than what differs from what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from slt_tui.widgets.cells import printable

# Pieces of a line: a text and the names of its looks, which are component classes without the widget's own name.
Piece = tuple[str, str]


class Painted(Widget):
    """To be subclassed with ``pieces_of``; what has changed is drawn by ``repaint``."""

    PREFIX: ClassVar[str] = ""
    """What the names of its component classes begin with."""

    def __init__(self, **arguments: Any) -> None:
        self._sent: dict[int, Strip] = {}
        self._styles: dict[tuple[str, str], Style] = {}
        super().__init__(**arguments)

    def pieces_of(self, y: int) -> Sequence[Piece]:  # noqa: ARG002
        """What stands in line ``y`` of the widget: pieces, and what they lack to the right edge is blank."""
        raise AssertionError("a painted widget has lines")

    def ground_of(self, y: int) -> str:  # noqa: ARG002
        """The look below all pieces of the line; nothing for the widget's own."""
        return ""

    def render_line(self, y: int) -> Strip:
        self._sent[y] = self._draw(y)
        return self._sent[y]

    def repaint(self) -> None:
        """Send those parts of the lines that differ from what was sent; nothing while another screen covers it."""
        if self._is_covered():
            return
        regions = []
        for y in range(self.size.height):
            if y in self._sent and (span := _difference(self._sent[y], self._draw(y))) is not None:
                regions.append(Region(span[0], y, span[1] - span[0], 1))
        if regions:
            self.refresh(*regions)

    def _is_covered(self) -> bool:
        """Whether a screen lies above that leaves nothing of this one to be seen; coming back draws it all."""
        top = self.app.screen
        return top is not self.screen and not top.is_modal

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def look(self, name: str, ground: str = "") -> Style:
        """The style of a look, on a ground."""
        key = (name, ground)
        if key not in self._styles:
            style = self.get_component_rich_style(self._class_of(ground)) if ground else self.rich_style
            for part in name.split():
                style += self._own_style(self._class_of(part), style)
            self._styles[key] = style
        return self._styles[key]

    def _own_style(self, name: str, below: Style) -> Style:
        """What a component class says itself; its colour, where it is not opaque, mixed with the ground below."""
        own = self.get_component_rich_style(name, partial=True)
        colour = self.get_component_styles(name).color
        if own.color is None or below.bgcolor is None or colour.a == 1:
            return own
        return own + Style(color=(Color.from_rich_color(below.bgcolor) + colour).rich_color)

    def _class_of(self, look: str) -> str:
        return f"{self.PREFIX}--{look}"

    def _draw(self, y: int) -> Strip:
        ground, width = self.ground_of(y), self.size.width
        segments = [
            Segment(printable(text), self.look(look, ground)) for text, look in self.pieces_of(y) if text
        ]
        return Strip(segments).adjust_cell_length(width, self.look("", ground)).simplify()


def _difference(before: Strip, after: Strip) -> tuple[int, int] | None:
    """The columns from the first that differs to the one behind the last; None where the lines are alike."""
    if before == after:
        return None
    old, new = _characters(before), _characters(after)
    left = _alike(old, new)
    right = _alike(old[left:][::-1], new[left:][::-1])
    begin = sum(cell_len(char) for char, _ in new[:left])
    return begin, max(
        begin + 1, after.cell_length - sum(cell_len(char) for char, _ in new[len(new) - right :])
    )


def _characters(strip: Strip) -> list[tuple[str, Style | None]]:
    return [(char, segment.style) for segment in strip for char in segment.text]


def _alike(one: Sequence[object], other: Sequence[object]) -> int:
    """How many are the same from the beginning on."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
