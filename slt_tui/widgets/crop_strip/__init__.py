"""A clip's crops, side by side, in cells of two colours or of letters."""

from slt_tui.widgets.crop_strip.strip import CropStrip

__all__ = ["CropStrip"]
