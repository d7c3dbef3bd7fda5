"""PicturedStrip: the same crops as real pictures, where the terminal draws those."""

from __future__ import annotations

from time import monotonic

from PIL import Image
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from slt_tui.clip_reading.pictures import ClipPictures
from slt_tui.widgets.crop_strip.strip import NAMES, CropStrip

SIDE = 224
"""Pixels: what crops have anyway."""


class PicturedStrip(CropStrip):
    """One picture a stream; ``kind`` is the protocol."""

    DEFAULT_CSS = """
    PicturedStrip { layout: horizontal; }
    PicturedStrip Vertical { height: auto; margin: 0 2 0 0; }
    PicturedStrip Static { height: 1; color: $foreground 60%; }
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self._places: dict[str, Widget] = {}

    def show(self, pictures: ClipPictures | None) -> None:
        """Show the crops of another clip."""
        self.remove_children()
        self._places = {}
        super().show(pictures)
        if pictures:
            self.mount(*self._frames_of(pictures))

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        return Strip.blank(self.size.width, self.rich_style)

    def _frames_of(self, pictures: ClipPictures) -> ComposeResult:
        from textual_image.widget import SixelImage, TGPImage

        made = {"kitty": TGPImage, "sixel": SixelImage}[self._kind]
        for stream in pictures.directories:
            place = made()
            place.styles.width, place.styles.height = self.columns, self.columns // 2
            box = Vertical(Static(NAMES.get(stream, stream)), place)
            box.styles.width = self.columns
            self._places[stream] = place
            yield box

    def _draw(self) -> None:
        self._later = None
        self._drawn = monotonic()
        if self._pictures is None or not self.display:
            return
        for stream, place in self._places.items():
            picture_HWC = self._pictures.read(stream, self._frame, side=SIDE)
            found = None if picture_HWC is None else Image.fromarray(picture_HWC)
            place.image = found  # type: ignore[attr-defined]
