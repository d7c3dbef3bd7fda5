"""LoadView: each device's quantities as a word, a bar and the course of the last minutes."""

from __future__ import annotations

from collections.abc import Sequence

from slt_tui.load_history import STEP_S, STEPS, Device, Gauge
from slt_tui.screens.base import is_plain
from slt_tui.widgets.load_view.course import course_bars
from slt_tui.widgets.painted import Piece
from slt_tui.widgets.row_list import LineList

_NAME, _WORDS, _LEAST_BAR, _MOST_BAR = 13, 19, 8, 30
_NEARLY_FULL = 0.95


class LoadView(LineList):
    """Shows devices; one line says so where there is no GPU, or where nothing was sampled."""

    SCOPE = "load"

    def show_devices(self, devices: Sequence[Device]) -> None:
        """Show these."""
        self._devices = list(devices)
        self._lay_out()

    def on_mount(self) -> None:
        self.show_devices([])

    def on_resize(self) -> None:
        self._lay_out()
        super().on_resize()

    def _lay_out(self) -> None:
        lines: list[list[Piece]] = []
        if not self._devices:
            lines = [[("nothing is known: system.jsonl has no rows (a trainer adds one every 2 s)", "muted")]]
        elif not any(device.name.startswith("GPU") for device in self._devices):
            lines = [[("no NVIDIA GPU was seen where the run trains", "muted")], []]
        for device in self._devices:
            lines += [[(device.name, "strong")], *(self._line(gauge) for gauge in device.gauges), []]
        if self._devices:
            lines.append([(f"the course is that of the last {STEPS * STEP_S / 60:.0f} min", "muted")])
        self.show(lines)

    def _line(self, gauge: Gauge) -> list[Piece]:
        plain, width = is_plain(self), self.size.width
        room = width - 2 - _NAME - _WORDS - 2
        bar = max(_LEAST_BAR, min(_MOST_BAR, room // 3))
        course = max(0, min(STEPS, room - bar - 2))
        return [
            ("  " + gauge.name.ljust(_NAME), "muted"),
            (gauge.words.rjust(_WORDS - 2) + "  ", "strong"),
            *_bar(gauge.share, bar, plain=plain),
            ("  ", ""),
            (course_bars(gauge.course[-course:] if course else [], plain=plain), "mark"),
        ]


def _bar(share: float | None, width: int, *, plain: bool) -> list[Piece]:
    if share is None:
        return [(" " * width, "")]
    done = round(share * width)
    full, empty = ("#", ".") if plain else ("━", "─")
    return [
        (full * done, "warning" if share >= _NEARLY_FULL else "good"),
        (empty * (width - done), "muted"),
    ]
