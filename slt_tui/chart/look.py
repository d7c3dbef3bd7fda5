"""Look: what a picture is shown on, and the marks that lines have there."""

from __future__ import annotations

from dataclasses import dataclass

from slt_tui.chart import braille
from slt_tui.chart.line import Line

_PLAIN_MARKS = ".:*o+x#%"


@dataclass(frozen=True)
class Look:
    """What the picture is shown on."""

    plain: bool = False  # ASCII only
    colours: bool = True

    @property
    def across(self) -> int:
        """Dots across a cell."""
        return 1 if self.plain else braille.ACROSS

    @property
    def down(self) -> int:
        """Dots down a cell."""
        return 1 if self.plain else braille.DOWN

    def mark(self, index: int, line: Line) -> str:
        """What stands for a line in the legend."""
        if self.plain:
            return _PLAIN_MARKS[index % len(_PLAIN_MARKS)]
        return line.glyph if line.glyph and not self.colours else "•" if line.dots else "━"
