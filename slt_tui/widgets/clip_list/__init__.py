"""The list of a data set's clips."""

from __future__ import annotations

from slt_tui.widgets.clip_list.clip_list import ClipList

__all__ = ["ClipList"]
