"""Chart: a plot that is looked at with the keyboard or the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from slt_tui.chart.line import Line
from slt_tui.chart.look import Look
from slt_tui.chart.plot import Drawn, Plot, draw, finish
from slt_tui.chart.reading import snapped, stepped
from slt_tui.chart.view import View
from slt_tui.keymap import Keyed
from slt_tui.screens.base import is_plain
from slt_tui.widgets.chart.canvas import Canvas

_ZOOM = 2.0
_WHEEL = 1.25
_PAN = 0.25


class Chart(Keyed, Canvas, can_focus=True):
    """Shows a Plot, and tells where its crosshair and its view were moved."""

    DEFAULT_CSS = Path(__file__).with_name("chart.tcss").read_text()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", "Crosshair left", show=False),
        Binding("right,l", "move(1)", "Crosshair right", show=False),
        Binding("H", "move(-10)", "Crosshair far left", show=False),
        Binding("L", "move(10)", "Crosshair far right", show=False),
        Binding("home,g", "go_to(0)", "Crosshair to the first", show=False),
        Binding("end,G", "go_to(1)", "Crosshair to the last", show=False),
        Binding("plus,equals_sign", "zoom(1)", "Zoom in", show=False),
        Binding("minus", "zoom(-1)", "Zoom out", show=False),
        Binding("shift+left,comma", "pan(-1)", "Pan left", show=False),
        Binding("shift+right,full_stop", "pan(1)", "Pan right", show=False),
        Binding("0", "reset", "All of it", show=False),
        Binding("X", "toggle_x_log", "Log x", show=False),
        Binding("Y", "toggle_y_log", "Log y", show=False),
        Binding("enter", "expand", "Expand", show=False),
    ]

    class Told(Message):
        """Something about a chart."""

        def __init__(self, chart: Chart) -> None:
            super().__init__()
            self.chart = chart

        @property
        def control(self) -> Chart:
            return self.chart

    class CrosshairMoved(Told):
        """Somebody moved the crosshair or took it away."""

    class ViewChanged(Told):
        """Somebody zoomed, panned or changed an axis to or from a logarithm."""

    class Expanded(Told):
        """Somebody wants to see this chart alone."""

    def __init__(self, plot: Plot | None = None, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.plot = plot or Plot([])
        self.crosshair: float | None = None
        self._drawn: Drawn | None = None
        self._selection: tuple[float, float] | None = None
        self._pressed: float | None = None  # where a button of the mouse went down
        self._is_hovering = False

    @property
    def view(self) -> View:
        """What of the data is shown."""
        return self.plot.view

    def show(self, plot: Plot) -> None:
        """Show another plot, or the same with more points; zoom and logarithms are the plot's."""
        self.plot = plot
        self.redraw()

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines the same way."""
        self.show(replace(self.plot, lines=lines))

    def set_view(self, view: View) -> None:
        """Show another part."""
        if view != self.plot.view:
            self.show(replace(self.plot, view=view))

    def set_crosshair(self, place: float | None) -> None:
        """Put the crosshair at a place, or take it away."""
        if place != self.crosshair:
            self.crosshair = place
            self._finish()

    def redraw(self) -> None:
        """Draw everything; what looks the same is not sent."""
        if not self.size or not self.is_attached:
            return
        look = Look(plain=is_plain(self), colours=not self.app.no_color)
        self._drawn = draw(replace(self.plot, look=look), self.size.width, self.size.height)
        self._finish()

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self.refresh())

    def on_resize(self) -> None:
        self.redraw()

    def _finish(self) -> None:
        if self._drawn:
            picture = finish(self._drawn, crosshair=self.crosshair, selection=self._selection)
            self.put(picture, [(line.colour, line.shade) for line in self.plot.lines])

    # By keyboard.

    def action_move(self, columns: int) -> None:
        """Move the crosshair by dot columns, and as far as to the next point at the least."""
        drawn = self._drawn
        if not drawn or not drawn.area or not drawn.places:
            return
        if self.crosshair is None:
            self._move_to(snapped(self.plot.lines, drawn.places.high))
            return
        share = columns / (drawn.area.width * drawn.plot.look.across)
        target = drawn.places.at(drawn.places.share(self.crosshair) + share)
        self._move_to(stepped(self.plot.lines, self.crosshair, target))
        self._keep_in_view()

    def action_go_to(self, share: float) -> None:
        """Put the crosshair on the first or the last point in view."""
        if self._drawn and self._drawn.places:
            self._move_to(snapped(self.plot.lines, self._drawn.places.at(share)))

    def action_zoom(self, direction: int) -> None:
        """See half as much around the crosshair, or twice as much."""
        self._zoom(_ZOOM**direction, self.crosshair)

    def action_pan(self, direction: int) -> None:
        """See what is a quarter further along."""
        if self._drawn and self._drawn.whole:
            self._change_view(self.view.panned(_PAN * direction, self._drawn.whole))

    def action_reset(self) -> None:
        """See all, without a crosshair, and follow what comes."""
        self._move_to(None)
        self._change_view(replace(self.view, x=None))

    def action_toggle_x_log(self) -> None:
        """The axis below as a logarithm, and back."""
        self._change_view(replace(self.view, x=None, x_log=not self.view.x_log))

    def action_toggle_y_log(self) -> None:
        """The axis of the values as a logarithm, and back."""
        self._change_view(replace(self.view, y_log=not self.view.y_log))

    def action_expand(self) -> None:
        """Ask to be seen alone."""
        self.post_message(self.Expanded(self))

    # By mouse.

    def on_mouse_move(self, event: events.MouseMove) -> None:
        place = self._place_at(event)
        if self._pressed is not None and place is not None:
            self._selection = (self._pressed, place) if place != self._pressed else None
            self._finish()
        elif place is not None and (self._is_hovering or self.crosshair is None):
            self._is_hovering = True
            self._move_to(snapped(self.plot.lines, place))

    def on_leave(self) -> None:
        if self._is_hovering and self._pressed is None:
            self._is_hovering = False
            self._move_to(None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button == 1 and (place := self._place_at(event)) is not None:
            self._pressed = place
            self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self.release_mouse()
        selection, pressed = self._selection, self._pressed
        self._selection = self._pressed = None
        if selection and self._drawn and self._drawn.whole:
            self._change_view(self.view.selected(*selection, self._drawn.whole))
        elif pressed is not None and (place := self._place_at(event)) is not None:
            self._is_hovering = False
            self._move_to(snapped(self.plot.lines, place))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._zoom(_WHEEL, self._place_at(event))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._zoom(1 / _WHEEL, self._place_at(event))

    # What both do.

    def _move_to(self, place: float | None) -> None:
        if place != self.crosshair:
            self.set_crosshair(place)
            self.post_message(self.CrosshairMoved(self))

    def _change_view(self, view: View) -> None:
        if view != self.view:
            self.set_view(view)
            self.post_message(self.ViewChanged(self))

    def _zoom(self, factor: float, around: float | None) -> None:
        drawn = self._drawn
        if drawn and drawn.whole and drawn.places:
            middle = drawn.places.at(0.5) if around is None else around
            self._change_view(self.view.zoomed(factor, middle, drawn.whole))

    def _keep_in_view(self) -> None:
        drawn, place = self._drawn, self.crosshair
        if drawn and drawn.places and drawn.whole and place is not None:
            share = drawn.places.share(place)
            if not 0 <= share <= 1:
                self._change_view(self.view.panned(share - 0.5, drawn.whole))

    def _place_at(self, event: events.MouseEvent) -> float | None:
        """The x that the pointer is at; None outside the area."""
        drawn = self._drawn
        if not drawn or not drawn.area or not drawn.places:
            return None
        offset = event.get_content_offset_capture(self)
        across = offset.x - drawn.area.x
        if self._pressed is None and not (
            0 <= across < drawn.area.width and 0 <= offset.y - drawn.area.y < drawn.area.height
        ):
            return None
        return drawn.places.at(min(max((across + 0.5) / drawn.area.width, 0.0), 1.0))
