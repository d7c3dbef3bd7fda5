"""The screen that makes crops, pose and keypoints from videos."""

from __future__ import annotations

from slt_tui.screens.extract.screen import ExtractScreen

__all__ = ["ExtractScreen"]
