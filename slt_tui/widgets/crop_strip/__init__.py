"""A clip's crops, side by side: real pictures where the terminal draws them, else cells of two colours or letters."""

from slt_tui.graphics import graphics_of
from slt_tui.widgets.crop_strip.strip import CropStrip

__all__ = ["CropStrip", "crop_strip"]


def crop_strip(*, plain: bool) -> CropStrip:
    """The strip that fits the terminal."""
    kind = graphics_of()
    if plain or kind == "blocks":
        return CropStrip()
    from slt_tui.widgets.crop_strip.pictured import PicturedStrip

    return PicturedStrip(kind)
