"""Curves: the charts of one or more runs, as many as there is room for, and the others a key away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from slt_tui.chart.export import export_plot
from slt_tui.chart.plot import Plot
from slt_tui.chart.view import View
from slt_tui.curves.course import CurveRun, Smoothed, lines_of, metrics_of
from slt_tui.curves.settings import Settings
from slt_tui.keymap import Keyed
from slt_tui.readable import title
from slt_tui.widgets.chart import Chart
from slt_tui.widgets.curves.room import Room, room_for


class Curves(Keyed, Widget):
    """Shows runs' series. ``refresh_series`` is to be called when one of them has read on."""

    DEFAULT_CSS = Path(__file__).with_name("curves.tcss").read_text()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket,down,j", "show_other(1)", "Next metric", show=False),
        Binding("left_square_bracket,up,k", "show_other(-1)", "Metric before", show=False),
        Binding("m", "choose", "Metrics"),
        Binding("e", "expand", "Expand"),
        Binding("a", "change_axis", "Axis"),
        Binding("s", "smooth(1)", "Smoother"),
        Binding("S", "smooth(-1)", "Less smooth", show=False),
        Binding("t", "change_parts", "Train, val", show=False),
        Binding("w", "export", "Write to a file", show=False),
    ]

    class MetricAsked(Message):
        """Somebody wants to choose a metric; ``show_metric`` takes the answer."""

        def __init__(self, curves: Curves) -> None:
            super().__init__()
            self.curves = curves

    class ExportAsked(Message):
        """Somebody wants a file of what is shown; ``export`` takes the path."""

        def __init__(self, curves: Curves) -> None:
            super().__init__()
            self.curves = curves

    def __init__(
        self, runs: Sequence[CurveRun] = (), *, settings: Settings | None = None, **arguments: Any
    ) -> None:
        super().__init__(**arguments)
        self.runs = list(runs)
        self.settings = settings or Settings()
        self.view = View()
        self.metrics: list[str] = metrics_of(self.runs)
        self.metric = self.metrics[0] if self.metrics else ""
        self.is_expanded = False
        self._room = Room(1, 1)
        self._smoothed = Smoothed()
        self._versions: list[int] = []
        self._crosshair: float | None = None

    def compose(self) -> ComposeResult:
        with Container(id="charts"):
            yield Chart()
        yield Static("", id="standing", markup=False)

    # What is shown.

    def set_runs(self, runs: Sequence[CurveRun]) -> None:
        """Show other runs."""
        self.runs = list(runs)
        self._smoothed = Smoothed()
        self._draw()

    def refresh_series(self) -> None:
        """Show what the runs have read on; nothing is done where they have not."""
        if self._versions != [run.series.version for run in self.runs]:
            self._draw()

    def show_metric(self, metric: str) -> None:
        """Go to a metric's chart."""
        if metric in self.metrics:
            self.metric = metric
            self._draw()
            self._focus_current()

    def shown(self) -> Plot:
        """The chart that has the focus, or the first one."""
        return self._current_chart().plot

    def export(self, path: Path) -> None:
        """Write what ``shown`` tells as SVG, CSV or JSON, by the path's ending. Raises RunError."""
        export_plot(self.shown(), path)

    def change(self, settings: Settings) -> None:
        """Look at all charts in another way."""
        if settings.axis != self.settings.axis:
            self.view = replace(self.view, x=None)
            self._crosshair = None
        self.settings = settings
        self._draw()

    # Drawing.

    def on_resize(self, event: events.Resize) -> None:
        del event
        self._draw()

    def _draw(self) -> None:
        if not self.is_attached or not self.size:
            return
        self._versions = [run.series.version for run in self.runs]
        self.metrics = metrics_of(self.runs)
        if self.metric not in self.metrics:
            self.metric = self.metrics[0] if self.metrics else ""
        shown = self._metrics_in_view()
        charts = self._charts(max(len(shown), 1))
        for chart, metric in zip(charts, shown or [""], strict=True):
            chart.crosshair = self._crosshair
            chart.show(self._plot(metric))
        self._say_how()

    def _plot(self, metric: str) -> Plot:
        lines = lines_of(self.runs, metric, self.settings, self._smoothed) if metric else []
        return Plot(lines, self.view, title(metric), metric, self.settings.axis)

    def _metrics_in_view(self) -> list[str]:
        """The page of metrics that the current one is on."""
        self._room = Room(1, 1) if self.is_expanded else room_for(self.size.width, self.size.height)
        if not self.metrics:
            return []
        first = self.metrics.index(self.metric) // self._room.charts * self._room.charts
        return self.metrics[first : first + self._room.charts]

    def _charts(self, count: int) -> list[Chart]:
        """So many charts side by side and below each other; the others are hidden."""
        box = self.query_one("#charts")
        charts = list(box.query(Chart))
        more = [Chart() for _ in range(count - len(charts))]
        if more:
            box.mount(*more)
        columns = self._room.columns_for(count)
        box.styles.grid_size_columns = columns
        box.styles.grid_size_rows = -(-count // columns)
        for place, chart in enumerate([*charts, *more]):
            chart.display = place < count
        return [*charts, *more][:count]

    def _say_how(self) -> None:
        place = f"{self.metrics.index(self.metric) + 1} of {len(self.metrics)}" if self.metrics else ""
        words = "   ".join(self.settings.words())
        keys = f"{place}   [ ] other   m all" if len(self.metrics) > 1 else ""
        line = f"{words}{keys:>{max(self.size.width - len(words), 0)}}"
        standing = self.query_one("#standing", Static)
        standing.set_class(self.size.height < 8, "hidden")
        if standing.content != (said := line[: self.size.width]):
            standing.update(said, layout=False)

    # Which chart is the current one.

    def _shown_charts(self) -> list[Chart]:
        return [chart for chart in self.query(Chart) if chart.display]

    def _current_chart(self) -> Chart:
        charts = self._shown_charts()
        return next((chart for chart in charts if chart.plot.metric == self.metric), charts[0])

    def _focus_current(self) -> None:
        if self.has_focus_within:
            self._current_chart().focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, Chart) and event.widget.plot.metric:
            self.metric = event.widget.plot.metric
            self._say_how()

    # What one chart does, all do.

    @on(Chart.CrosshairMoved)
    def _move_crosshairs(self, event: Chart.CrosshairMoved) -> None:
        event.stop()
        self._crosshair = event.chart.crosshair
        for chart in self._shown_charts():
            chart.set_crosshair(self._crosshair)

    @on(Chart.ViewChanged)
    def _change_views(self, event: Chart.ViewChanged) -> None:
        event.stop()
        self.view = event.chart.view
        for chart in self._shown_charts():
            chart.set_view(self.view)

    @on(Chart.Expanded)
    def _expand(self, event: Chart.Expanded) -> None:
        event.stop()
        self.action_expand()

    # Keys.

    def action_show_other(self, by: int) -> None:
        """The metric after the current one, or before it."""
        if self.metrics:
            place = (self.metrics.index(self.metric) + by) % len(self.metrics)
            self.show_metric(self.metrics[place])

    def action_choose(self) -> None:
        """Choose among all metrics."""
        self.post_message(self.MetricAsked(self))

    def action_expand(self) -> None:
        """One chart in the whole room, and back."""
        self.is_expanded = not self.is_expanded
        self.show_metric(self.metric)

    def action_change_axis(self) -> None:
        """Along steps, epochs, time."""
        self.change(self.settings.with_next_axis())

    def action_smooth(self, steps: int) -> None:
        """Smoother, or less so."""
        self.change(self.settings.smoother(steps))

    def action_change_parts(self) -> None:
        """Training and validation, or one of them."""
        self.change(self.settings.with_next_parts())

    def action_export(self) -> None:
        """Write what is shown to a file."""
        self.post_message(self.ExportAsked(self))
