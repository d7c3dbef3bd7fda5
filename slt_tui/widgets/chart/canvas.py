"""Canvas: a widget that shows a picture and sends only the cells that have changed."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from slt_tui.chart import inks
from slt_tui.chart.picture import Picture
from slt_tui.palette import SERIES, SERIES_LIGHT

_NAMES = {inks.TEXT: "text", inks.DIM: "dim", inks.TITLE: "title", inks.CROSSHAIR: "crosshair"}
_DIM = (inks.DIM, inks.CROSSHAIR)  # without colours, as ghosts are
_GHOST = 0.42  # how much of a line's colour its ghost has

Shade = tuple[str, float]  # a colour, and how much of the foreground's is mixed in


class Canvas(Widget):
    """Lines have the colours that they bring; the other inks are component classes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"chart--{name}" for name in (*_NAMES.values(), "selection")}

    def __init__(self, **arguments: Any) -> None:
        self._picture: Picture | None = None
        self._styles: dict[int, Style] = {}
        self._shades: list[Shade] = []
        super().__init__(**arguments)

    def put(self, picture: Picture, shades: list[Shade]) -> None:
        """Show a picture in the place of the one before; ``shades`` are the colours of its lines."""
        spans = picture.changes(self._picture)
        self._picture = picture
        if shades != self._shades:
            self._shades = shades
            self._styles.clear()
            spans = None
        if spans is None:
            self.refresh()
        elif spans:
            self.refresh(*(Region(span.x, span.y, span.end - span.x, 1) for span in spans))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self._picture is None or y >= self._picture.height:
            return Strip.blank(width, self.rich_style)
        segments = [Segment(text, self._style(ink)) for text, ink in self._picture.line(y)]
        return Strip(segments, self._picture.width).adjust_cell_length(width, self.rich_style)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def _style(self, ink: int) -> Style:
        if ink not in self._styles:
            self._styles[ink] = self._style_of(ink)
        return self._styles[ink]

    def _style_of(self, ink: int) -> Style:
        plain = ink & ~inks.SELECTED
        style = self.rich_style
        series = inks.series_of(plain)
        if name := _NAMES.get(plain):
            style += self._component_style(name)
        elif series:
            style += Style(color=self._series_colour(*series).hex)
        if self.app.no_color and (plain in _DIM or (series and series[1])):
            style += Style(dim=True)
        if ink & inks.SELECTED:
            style += Style(bgcolor=self.get_component_rich_style("chart--selection").bgcolor)
        return style

    def _component_style(self, name: str) -> Style:
        """The look of a component; a colour that lets the ground through is mixed with it."""
        styles = self.get_component_styles(f"chart--{name}")
        colour = self.background_colors[1].blend(styles.color, styles.color.a)
        return styles.text_style + Style(color=colour.rich_color)

    def _series_colour(self, index: int, is_ghost: bool) -> Color:
        name, shade = self._shades[index % len(self._shades)]
        if not self.app.current_theme.dark and name in SERIES:
            name = SERIES_LIGHT[SERIES.index(name)]
        colour = Color.parse(name).blend(self.colors[3], shade)
        return self.background_colors[1].blend(colour, _GHOST) if is_ghost else colour
