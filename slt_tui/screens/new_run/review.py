"""ReviewScreen: what a run would be, before it is one: changes, notices, command, a dry run."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from slt_engine.config import ConfigError
from slt_engine.run.directory import RunError
from slt_tui.dry_run import DryRun, DryRunError, Report
from slt_tui.form.examination import examine
from slt_tui.form.state import FormState
from slt_tui.screens.new_run import review_text
from slt_tui.screens.new_run.form_screen import FormScreen

_WIDE = 120


class ReviewScreen(FormScreen):
    """Of one form, as it stands; escape goes back to it."""

    NAME = "new run"
    CSS_PATH = Path(__file__).with_name("new_run.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "dry_run", "Dry run"),
        Binding("down,j", "scroll_by(1)", "Down", show=False),
        Binding("up,k", "scroll_by(-1)", "Up", show=False),
        Binding("g,home", "scroll_to_top", "Top", show=False),
        Binding("G,end", "scroll_to_end", "End", show=False),
        Binding("pagedown,ctrl+f", "scroll_by(10)", "Page down", show=False),
        Binding("pageup,ctrl+b", "scroll_by(-10)", "Page up", show=False),
    ]

    class Told(Message):
        """The dry run says what it does."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    class Tried(Message):
        """The dry run is over, with a report or with problems."""

        def __init__(self, report: Report | None, problems: Sequence[str] = ()) -> None:
            super().__init__()
            self.report, self.problems = report, problems

    def __init__(self, state: FormState, *, tries_at_once: bool = False) -> None:
        super().__init__()
        self._state, self._tries_at_once = state, tries_at_once
        self.form = examine(state)
        self.report: Report | None = None
        self.failure: Sequence[str] = ()
        self.told: list[str] = []
        self._trial: DryRun | None = None
        self._began = 0.0
        self._clock: Timer | None = None

    def take_form(self) -> FormState:
        return self._state

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="review"):
            with Vertical(id="what"):
                yield Static(id="problems", classes="part")
                yield Static(id="changes", classes="part")
                yield Static(id="notices", classes="part")
            with Vertical(id="how"):
                yield Static("The same on the command line", classes="title")
                yield Static(id="command")
                yield Static("y copies it, Y copies the settings as a --config file", classes="hint part")
                yield Static("Dry run", classes="title")
                yield Static(id="dry")

    def on_mount(self) -> None:
        self._show()
        if self._tries_at_once:
            self.action_dry_run()

    def on_resize(self) -> None:
        self.set_class(self.size.width >= _WIDE, "-wide")
        self.call_after_refresh(self._show)

    def on_unmount(self) -> None:
        if self._trial:
            self._trial.cancel()

    def heading(self) -> Text:
        return super().heading().append("  review  ").append(self._state.text("data.work_dir"), "dim")

    @property
    def is_trying(self) -> bool:
        """Whether a dry run is on its way."""
        return self._trial is not None

    def action_dry_run(self) -> None:
        """Load a batch and take a few steps over it, in a process of its own."""
        self.form = examine(self._state)
        if self.form.resolved is None or not self.form.is_sound:
            self.refuse(self.form)
        elif not self.is_trying:
            self.report, self.failure, self.told = None, (), []
            self._began = time.monotonic()
            self._trial = DryRun(self.form.resolved)
            self._clock = self.set_interval(1.0, self._show_dry_run)
            self._try(self._trial)
            self._show_dry_run()
            self.query_one("#review").scroll_end(animate=False)

    def action_scroll_by(self, lines: int) -> None:
        """Up or down by so many lines."""
        self.query_one("#review").scroll_relative(y=lines, animate=False)

    def action_scroll_to_top(self) -> None:
        self.query_one("#review").scroll_home(animate=False)

    def action_scroll_to_end(self) -> None:
        self.query_one("#review").scroll_end(animate=False)

    @work(thread=True)
    def _try(self, trial: DryRun) -> None:
        try:
            report = trial.report(self._tell)
        except (ConfigError, DryRunError) as error:
            self.post_message(self.Tried(None, error.problems))
        except (RunError, OSError) as error:
            self.post_message(self.Tried(None, [str(error)]))
        else:
            self.post_message(self.Tried(report))

    def _tell(self, line: str) -> None:
        self.post_message(self.Told(line))

    @on(Told)
    def _show_progress(self, event: Told) -> None:
        self.told.append(event.line)
        self._show_dry_run()

    @on(Tried)
    def _show_result(self, event: Tried) -> None:
        self.report, self.failure, self._trial = event.report, event.problems, None
        if self._clock:
            self._clock.stop()
        self._show_dry_run()
        self.call_after_refresh(self.action_scroll_to_end)

    def _show(self) -> None:
        width = self.query_one("#what").size.width or self.size.width - 4
        self._put("#problems", review_text.problems_text(self.form.problems) if self.form.problems else None)
        self._put("#changes", review_text.changes_text(self.form, width))
        self._put("#notices", review_text.notices_text(self.form.notices) if self.form.notices else None)
        self._put("#command", review_text.command_text(self.form))
        self._show_dry_run()

    def _show_dry_run(self) -> None:
        width = self.query_one("#how").size.width or self.size.width - 4
        if self.is_trying:
            told = review_text.progress_text(self.told, int(time.monotonic() - self._began), width)
        elif self.report:
            told = review_text.report_text(self.report, width)
        elif self.failure:
            told = review_text.problems_text(self.failure)
        else:
            told = Content.styled("  d loads a batch and tells parameters, memory, time per step", "dim")
        self._put("#dry", told)

    def _put(self, where: str, text: Content | None) -> None:
        part = self.query_one(where, Static)
        part.display = text is not None
        if text is not None:
            part.update(text)
