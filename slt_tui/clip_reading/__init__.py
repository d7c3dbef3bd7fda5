"""A data set's clips, to be looked at: where they lie, which there are, one of them with its points."""

from __future__ import annotations

from slt_tui.clip_reading.frames import ClipFrames, open_clip
from slt_tui.clip_reading.listing import ClipFacts, ClipRow, list_clips, measure_clip
from slt_tui.clip_reading.sources import ClipSources

__all__ = ["ClipFacts", "ClipFrames", "ClipRow", "ClipSources", "list_clips", "measure_clip", "open_clip"]
