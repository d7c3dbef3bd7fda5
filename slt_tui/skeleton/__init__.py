"""A clip's points as a moving figure made of characters. NumPy, no textual."""

from __future__ import annotations

from slt_tui.skeleton.picture import Easel, Picture, Stage
from slt_tui.skeleton.view import ClipView, Run

__all__ = ["ClipView", "Easel", "Picture", "Run", "Stage"]
