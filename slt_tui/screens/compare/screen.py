"""CompareScreen: runs overlaid, their scores against one of them, what differs in settings, translations."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from slt_engine.run.directory import RunError, list_runs
from slt_tui.comparison.live import MOST, LiveComparison
from slt_tui.comparison.translations import epochs_of
from slt_tui.messages import CommandDone, Problem, RunOpened
from slt_tui.palette import series_colour, series_mark
from slt_tui.screens.base import WorkbenchScreen, is_plain, workbench
from slt_tui.screens.compare.compared_curves import ComparedCurves
from slt_tui.screens.compare.exports import SUFFIXES, command_of, export_rows, refusal_of, rows_of
from slt_tui.screens.compare.lines import CompareLines, RunLine
from slt_tui.screens.compare.panes import PANES, SOURCES, Pane, PanesLine, at_epoch, hint_of, text_lines
from slt_tui.screens.compare.reading import reading_lines
from slt_tui.screens.dialogs import ChooseDialog, PathDialog
from slt_tui.widgets.cells import printable
from slt_tui.widgets.curves import CurveRun, Curves

_POLL_S = 0.2
_LOW = 30  # lines of the screen below which the runs have fewer
_SOON_S = 0.01  # until the next slice where there is more to read already


class CompareScreen(WorkbenchScreen):
    """Two to eight runs, also of other programs, also while they grow."""

    NAME = "compare"
    CSS_PATH = Path(__file__).with_name("compare.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"show_pane('{pane}')", pane.capitalize(), show=False)
            for number, pane in enumerate(PANES, start=1)
        ),
        Binding("b", "change_baseline", "Baseline"),
        Binding("left_square_bracket", "change_epoch(-1)", "Epoch before", show=False),
        Binding("right_square_bracket", "change_epoch(1)", "Next epoch", show=False),
        Binding("A", "add_run", "Add"),
        Binding("d", "drop_run", "Drop"),
        Binding("o", "open_run", "Open a run", show=False),
        Binding("w", "export", "Write to a file", show=False),
    ]

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        self.comparison = LiveComparison(list(dict.fromkeys(paths))[:MOST])
        self.pane: Pane = "curves"
        self.epoch: int | None = None
        """As of which epoch scores and translations are shown; None for the latest."""
        self._asked = len(set(paths))
        self._is_hidden = self._is_reading = False

    def compose_body(self) -> ComposeResult:
        yield RunLine(id="runs")
        yield PanesLine()
        with Vertical(id="curves-pane"):
            yield ComparedCurves(self._curve_runs())
            yield RunLine(id="reading")
        for pane in PANES[1:]:
            yield CompareLines(id=pane)

    def on_mount(self) -> None:
        self.action_show_pane(self.pane)
        self.set_interval(_POLL_S, self._poll)
        self.call_after_refresh(self._poll)
        if self._asked > MOST:
            self.notify(f"of {self._asked} runs the first {MOST} are compared, as many as there are colours")

    def on_screen_suspend(self) -> None:
        self._is_hidden = True

    def on_screen_resume(self) -> None:
        self._is_hidden = False

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_all)

    # What changes.

    def _poll(self) -> None:
        if self._is_hidden or self._is_reading or not self.is_attached:
            return
        changed = self.comparison.poll()
        if changed & SOURCES[self.pane]:
            self._show_pane()
        if "standings" in changed:
            self._show_runs()
        self.set_heading()
        if self.comparison.is_behind:
            self._is_reading = True
            self.set_timer(_SOON_S, self._read_on)

    def _read_on(self) -> None:
        self._is_reading = False
        self._poll()

    # What is shown.

    def heading(self) -> Text:
        line = super().heading()
        line.append(f"  {len(self.comparison.runs)} runs")
        if self.comparison.is_behind:
            line.append(f"  reading, {100 * self.comparison.share:.0f} %")
        return line

    def _show_all(self) -> None:
        if self.is_attached:
            self.set_heading()
            self._show_runs()
            self._show_pane()

    def _show_runs(self) -> None:
        most = 2 if self.size.height < _LOW else 4
        self.query_one("#runs", RunLine).show_runs(self.comparison.runs, self.comparison.baseline, most)

    def _show_pane(self) -> None:
        plain = is_plain(self)
        self.query_one(PanesLine).show_pane(self.pane, hint_of(self.pane, self.epoch, plain=plain))
        if self.pane == "curves":
            self.curves.refresh_series()
            self._show_reading()
        else:
            shown = self.query_one(f"#{self.pane}", CompareLines)
            width = shown.content_size.width
            shown.show(text_lines(self.pane, self.comparison, self.epoch, width, plain=plain))

    @on(ComparedCurves.LookedAt)
    def _show_reading(self) -> None:
        shown, looked = self.query_one("#reading", RunLine), self.curves.looked
        if not looked.metric:
            shown.show_all([])
            return
        lines = reading_lines(self.comparison, looked, shown.content_size.width, plain=is_plain(self))
        wanted = len(shown.lines) if looked.place is not None else 1  # no jumping while a crosshair moves
        shown.show_all([*lines, *([[]] * (wanted - len(lines)))])

    @property
    def curves(self) -> ComparedCurves:
        """The overlaid curves."""
        return self.query_one(ComparedCurves)

    def _curve_runs(self) -> list[CurveRun]:
        return [
            CurveRun(printable(f"{series_mark(run.place)} {run.name}"), run.series, series_colour(run.place))
            for run in self.comparison.runs
        ]

    # Keys.

    def action_show_pane(self, pane: Pane) -> None:
        self.pane = pane
        for name in PANES:
            self.set_class(name == pane, f"-{name}")
        if pane == "curves":
            self.curves.focus_chart()
        else:
            self.query_one(f"#{pane}").focus()
        self.call_after_refresh(self._show_all)

    def action_change_baseline(self) -> None:
        """Hold the others against the next run."""
        self.comparison.next_baseline()
        self._show_all()

    def action_change_epoch(self, by: int) -> None:
        """The epoch before or after among those that there are; behind the last one is the latest again."""
        samples = [run.samples for run in self.comparison.runs]
        epochs = epochs_of(samples) if self.pane == "translations" else self.comparison.epochs()
        if not epochs:
            return
        place = epochs.index(self.epoch) if self.epoch in epochs else len(epochs)
        place = min(max(place + by, 0), len(epochs))
        self.epoch = epochs[place] if place < len(epochs) else None
        self._show_all()

    @work
    async def action_add_run(self) -> None:
        """Another run beside these."""
        shown = {run.path.absolute() for run in self.comparison.runs}
        found = await asyncio.to_thread(list_runs, workbench(self).roots)  # a slow disk holds no key up
        others = [run.path for run in found if run.path.absolute() not in shown]
        if len(self.comparison.runs) >= MOST or not others:
            why = f"{MOST} are the most" if len(self.comparison.runs) >= MOST else "there is no other run"
            self.post_message(Problem(f"cannot add a run: {why}"))
            return
        dialog = ChooseDialog("Add to the comparison", [(str(path), printable(str(path))) for path in others])
        if chosen := await self.app.push_screen_wait(dialog):
            self.comparison.add(Path(chosen))
            self._take_runs()

    @work
    async def action_drop_run(self) -> None:
        """One run less."""
        if len(self.comparison.runs) <= 2:
            self.post_message(Problem("cannot drop a run: two are the least"))
        elif chosen := await self._choose_among("Leave out of the comparison"):
            self.comparison.drop(chosen)
            self._take_runs()

    @work
    async def action_open_run(self) -> None:
        """One of the runs on its own screen."""
        if chosen := await self._choose_among("Open a run"):
            self.post_message(RunOpened(chosen))

    async def _choose_among(self, title: str) -> Path | None:
        options = [
            (str(run.path), printable(f"{series_mark(run.place)} {run.name}")) for run in self.comparison.runs
        ]
        chosen = await self.app.push_screen_wait(ChooseDialog(title, options))
        return Path(chosen) if chosen else None

    def _take_runs(self) -> None:
        self.curves.set_runs(self._curve_runs())
        self._show_all()

    @on(Curves.MetricAsked)
    @work
    async def _choose_metric(self) -> None:
        dialog = ChooseDialog("Metric", [(name, name) for name in self.curves.metrics])
        if chosen := await self.app.push_screen_wait(dialog):
            self.curves.show_metric(chosen)

    # Writing to a file.

    @on(Curves.ExportAsked)
    def action_export(self) -> None:
        """What the pane shows, as a file."""
        self._export(self.pane)

    @work
    async def _export(self, pane: Pane) -> None:
        title = f"Write to a file: {', '.join(SUFFIXES[pane])}"
        dialog = PathDialog(title, pane + SUFFIXES[pane][0], check=lambda path: refusal_of(pane, path))
        path = await self.app.push_screen_wait(dialog)
        if path is None:
            return
        try:
            if pane == "curves":
                self.curves.export(path)
            else:
                export_rows(rows_of(pane, self.comparison, at_epoch(self.epoch)), path)
        except (RunError, OSError) as error:
            self.post_message(Problem(str(error)))
            return
        runs = [run.path for run in self.comparison.runs]
        self.notify(printable(f"wrote {path}"), timeout=3, markup=False)
        self.post_message(CommandDone(command_of(pane, runs, path, at_epoch(self.epoch))))
