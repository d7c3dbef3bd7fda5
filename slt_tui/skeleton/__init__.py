"""A clip's points as a figure made of characters. NumPy, no textual."""

from __future__ import annotations

from slt_tui.skeleton.bones import PARTS, Bones, bones_of
from slt_tui.skeleton.picture import Picture, Stage, draw_frame

__all__ = ["PARTS", "Bones", "Picture", "Stage", "bones_of", "draw_frame"]
