"""CropStrip: the crops of the frame that the player shows, each stream below its name."""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from slt_tui.clip_reading.pictures import ClipPictures, Pixels
from slt_tui.screens.base import is_plain
from slt_tui.widgets.crop_strip.cells import coloured_rows, lettered_rows

NAMES = {"face": "face", "hand_l": "left hand", "hand_r": "right hand"}
MOST_A_SECOND = 5.0
"""Pictures drawn a second while the clip plays: each costs a terminal some twenty kilobytes."""
_LEAST_COLUMNS, _MOST_COLUMNS, _GAP = 10, 28, 2


class CropStrip(Widget):
    """Shows pictures by stream; it takes no room where a clip has none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"crops--name"}
    DEFAULT_CSS = """
    CropStrip { height: auto; width: 1fr; display: none; margin: 1 0 0 0; }
    CropStrip.-there { display: block; }
    CropStrip.-hidden { display: none; }
    CropStrip > .crops--name { color: $foreground 60%; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._pictures: ClipPictures | None = None
        self._frame = 0
        self._rows: list[Strip] = []
        self._drawn = 0.0
        self._later: Timer | None = None

    def show(self, pictures: ClipPictures | None) -> None:
        """Show the crops of another clip."""
        self._pictures, self._frame = pictures, 0
        self.set_class(bool(pictures and pictures.directories), "-there")
        if self.has_class("-there"):
            self.refresh(layout=True)
            self.call_after_refresh(self._draw)

    def show_frame(self, frame: int) -> None:
        """Show another frame; one that follows too fast waits for its turn, and only the last one is drawn."""
        if frame == self._frame or not self.display:
            return
        self._frame = frame
        wait_s = self._drawn + 1 / MOST_A_SECOND - monotonic()
        if wait_s <= 0:
            self._draw()
        elif self._later is None:
            self._later = self.set_timer(wait_s, self._draw)

    @property
    def columns(self) -> int:
        """Columns of one picture; its rows are half of them."""
        streams = len(self._pictures.directories) if self._pictures else 1
        fitting = (self.container_size.width - _GAP * (streams - 1)) // max(1, streams)
        return max(_LEAST_COLUMNS, min(_MOST_COLUMNS, fitting)) // 2 * 2

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return 1 + self.columns // 2

    def render_line(self, y: int) -> Strip:
        return self._rows[y] if y < len(self._rows) else Strip.blank(self.size.width, self.rich_style)

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        self._later = None
        self._drawn = monotonic()
        if self._pictures is None or not self.display:
            return
        rows = self._compose_rows(self._pictures)
        changed = [y for y, row in enumerate(rows) if y >= len(self._rows) or self._rows[y] != row]
        self._rows = rows
        if changed:
            self.refresh()

    def _compose_rows(self, pictures: ClipPictures) -> list[Strip]:
        columns = self.columns
        name_style = self.get_component_rich_style("crops--name")
        lines: list[list[Segment]] = [[] for _ in range(1 + columns // 2)]
        for place, stream in enumerate(pictures.directories):
            if place:
                for line in lines:
                    line.append(Segment(" " * _GAP, self.rich_style))
            name = NAMES.get(stream, stream)[:columns].ljust(columns)
            lines[0].append(Segment(name, name_style))
            picture = pictures.read(stream, self._frame, side=columns)
            for line, cells in zip(lines[1:], self._cells(picture, columns), strict=True):
                line.extend(cells)
        return [Strip(line).simplify().adjust_cell_length(self.size.width, self.rich_style) for line in lines]

    def _cells(self, picture: Pixels | None, columns: int) -> list[list[Segment]]:
        rows = columns // 2
        if picture is None:
            words = "no crop".center(columns)
            style = self.get_component_rich_style("crops--name")
            return [[Segment(words if y == rows // 2 else " " * columns, style)] for y in range(rows)]
        lettered = is_plain(self) or self.app.no_color
        return lettered_rows(picture, self.rich_style) if lettered else coloured_rows(picture)
