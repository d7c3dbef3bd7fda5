"""ComparedCurves: curves that tell where their crosshair is and which metric is looked at."""

from __future__ import annotations

from textual import events, on
from textual.message import Message

from slt_tui.screens.compare.reading import Looked
from slt_tui.widgets.chart import Chart
from slt_tui.widgets.curves import Curves


class ComparedCurves(Curves):
    """Posts LookedAt whenever something else is looked at."""

    SCOPE = "curves"

    class LookedAt(Message):
        """Another metric, another place, another axis; or the numbers have changed."""

    @property
    def looked(self) -> Looked:
        """What is looked at."""
        return Looked(self.metric, self.settings.axis, self._current_chart().crosshair, self.settings.parts)

    def focus_chart(self) -> None:
        """The keys go to the current chart."""
        self._current_chart().focus()

    def _draw(self) -> None:
        super()._draw()
        self.post_message(self.LookedAt())

    @on(Chart.CrosshairMoved)
    def _tell_crosshair(self) -> None:
        self.post_message(self.LookedAt())

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        super().on_descendant_focus(event)
        self.post_message(self.LookedAt())
