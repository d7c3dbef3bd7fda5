"""CheckScreen: look at a whole data set with progress, then at each kind of problem."""

from __future__ import annotations

import time
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from slt_engine.clips.errors import DataError
from slt_engine.contract import Problem, Report, by_rule, check
from slt_tui.clip_reading import ClipSources
from slt_tui.screens.base import WorkbenchScreen, is_plain
from slt_tui.screens.check.rows import kind_rows, problem_lines, sentence_of
from slt_tui.widgets.row_list import LineList, RowList

_TELL_EVERY_S = 0.1


class CheckScreen(WorkbenchScreen):
    """Of the data set that ``sources`` names; leaving it ends the looking."""

    NAME = "check"
    CSS_PATH = Path(__file__).with_name("check.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "look_deep", "Every crop"),
        Binding("c", "look_again", "Check again"),
    ]

    class Progressed(Message):
        """So many clips are done."""

        def __init__(self, done: int, total: int, rate: float) -> None:
            super().__init__()
            self.done, self.total, self.rate = done, total, rate

    class Finished(Message):
        """The report is there, or why there is none."""

        def __init__(self, report: Report | None, fault: str) -> None:
            super().__init__()
            self.report, self.fault = report, fault

    def __init__(self, sources: ClipSources) -> None:
        super().__init__()
        self._sources = sources
        self._deep = False
        self._problems: dict[str, list[Problem]] = {}
        self.is_busy = True
        """Whether clips are still looked at."""

    def heading(self) -> Text:
        return Text.assemble(super().heading(), "  ", str(self._sources.origin))

    def compose_body(self) -> ComposeResult:
        yield Static("reading tables", id="progress", markup=False)
        with Horizontal(id="both"):
            yield RowList(id="kinds")
            yield LineList(id="problems")

    def on_mount(self) -> None:
        self._look()

    def action_look_deep(self) -> None:
        """Once more, and decode every crop."""
        self._deep = True
        self._look_anew()

    def action_look_again(self) -> None:
        """Once more, after something was mended."""
        self._look_anew()

    def _look_anew(self) -> None:
        self.is_busy = True
        self.query_one("#progress", Static).update("reading tables")
        self._look()

    @work(thread=True, exclusive=True)
    def _look(self) -> None:
        worker, began, told = get_current_worker(), time.monotonic(), 0.0

        def tell(done: int, total: int) -> None:
            nonlocal told
            if worker.is_cancelled:
                raise _LeftError
            now = time.monotonic()
            if now - told >= _TELL_EVERY_S:
                told = now
                self.post_message(self.Progressed(done, total, done / max(now - began, 1e-6)))

        try:
            self.post_message(self.Finished(check(self._sources, deep=self._deep, progress=tell), ""))
        except DataError as fault:
            self.post_message(self.Finished(None, str(fault)))
        except _LeftError:
            return

    @on(Progressed)
    def _show_progress(self, message: Progressed) -> None:
        left_s = int((message.total - message.done) / message.rate)
        words = f"{message.done:,} of {message.total:,} clips, {message.rate:,.0f}/s"
        self.query_one("#progress", Static).update(f"{words}, {left_s // 60}:{left_s % 60:02} left")

    @on(Finished)
    def _show_report(self, message: Finished) -> None:
        self.is_busy = False
        report = message.report
        self.query_one("#progress", Static).update(sentence_of(report) if report else message.fault)
        self._problems = dict(by_rule(report.problems)) if report else {}
        kinds = self.query_one("#kinds", RowList)
        kinds.show_rows(kind_rows(report, plain=is_plain(self)) if report else [])
        self.query_one("#both").display = bool(self._problems)
        kinds.focus()
        self._show_problems(kinds.key)

    @on(RowList.Moved, "#kinds")
    def _show_chosen(self, message: RowList.Moved) -> None:
        self._show_problems(message.key)

    @on(RowList.Opened, "#kinds")
    def _go_into(self) -> None:
        self.query_one("#problems", LineList).focus()

    def on_resize(self) -> None:
        if self._problems:
            self.call_after_refresh(self._show_problems, self.query_one("#kinds", RowList).key)

    def _show_problems(self, rule: str) -> None:
        listed = self.query_one("#problems", LineList)
        width = listed.size.width or self.size.width // 2
        lines = problem_lines(self._problems.get(rule, []), width=width, plain=is_plain(self))
        listed.top = 0
        listed.show(lines)


class _LeftError(Exception):
    """The screen was left meanwhile."""
