"""The chart: lines in a rectangle of cells, with zoom, crosshair and a legend that tells the values."""

from __future__ import annotations

from slt_tui.chart.line import Line
from slt_tui.chart.plot import Plot
from slt_tui.chart.view import View
from slt_tui.widgets.chart.chart import Chart

__all__ = ["Chart", "Line", "Plot", "View"]
