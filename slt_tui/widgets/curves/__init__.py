"""The curves of runs: a chart a metric, with one axis, smoothing, zoom and crosshair for all of them."""

from __future__ import annotations

from slt_tui.curves.course import CurveRun
from slt_tui.widgets.curves.curves import Curves

__all__ = ["CurveRun", "Curves"]
