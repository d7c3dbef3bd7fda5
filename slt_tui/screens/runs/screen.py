"""RunsScreen: every run under the roots, live; what is to be done with them is asked for upward."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from slt_tui.catalogue import RunCatalogue
from slt_tui.messages import (
    CompareAsked,
    KillAsked,
    NewRunAsked,
    Origin,
    RemoveAsked,
    ResumeAsked,
    RunOpened,
    StopAsked,
    TagAsked,
)
from slt_tui.screens.base import WorkbenchScreen, is_plain, workbench
from slt_tui.screens.runs.filter_input import FilterInput
from slt_tui.screens.runs.heading import heading_of
from slt_tui.screens.runs.welcome import welcome
from slt_tui.watch import CatalogueWatch
from slt_tui.widgets.cells import printable
from slt_tui.widgets.run_table import RunDetail, RunTable

_POLL_S = 0.2
_AGES_S = 5.0  # so often what shows how long ago something was is looked at
_TIMES_S = 1.0
_LOW, _LOWEST = 20, 14  # lines of the screen below which the detail has fewer, or none
_OF_RUNS = (
    *("compare", "filter", "stop_runs", "kill_runs", "resume_run"),
    *("clone_run", "tag_runs", "remove_runs", "copy_path"),
)


class RunsScreen(WorkbenchScreen):
    """Home."""

    NAME = "runs"
    CSS_PATH = Path(__file__).with_name("runs.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new_run", "New run"),
        Binding("c", "compare", "Compare"),
        Binding("slash", "filter", "Filter"),
        Binding("x", "stop_runs", "Stop"),
        Binding("K", "kill_runs", "Kill", show=False),
        Binding("r", "resume_run", "Resume", show=False),
        Binding("C", "clone_run", "Clone", show=False),
        Binding("t", "tag_runs", "Tags", show=False),
        Binding("D", "remove_runs", "Remove", show=False),
        Binding("y", "copy_path", "Copy the path", show=False),
    ]

    class CatalogueChanged(Message):
        """Runs have come, gone or changed."""

    def __init__(self) -> None:
        super().__init__()
        self.catalogue = RunCatalogue([])
        self._watch: CatalogueWatch | None = None

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="filter-line"):
            yield Static("/", id="slash")
            yield FilterInput(id="filter")
        yield RunTable(id="runs")
        with Vertical(id="welcome"):
            yield Static(welcome(workbench(self).roots), markup=False)
        yield RunDetail(id="detail")

    def on_mount(self) -> None:
        self.catalogue = RunCatalogue(workbench(self).roots)
        self._watch = CatalogueWatch(
            self.catalogue,
            lambda: self.post_message(self.CatalogueChanged()),
            every_s=_POLL_S,
        )
        self._watch.start()
        self.set_interval(_AGES_S, self.table.refresh_ages)
        self.set_interval(_TIMES_S, self.query_one(RunDetail).refresh_times)
        self.table.focus()

    def on_unmount(self) -> None:
        if self._watch:
            self._watch.stop()

    def on_screen_suspend(self) -> None:
        if self._watch:
            self._watch.pause()

    def on_screen_resume(self) -> None:
        if self._watch:
            self._watch.go_on()

    def on_resize(self) -> None:
        self.set_heading()
        self.set_class(self.size.height < _LOW, "-low")
        self.set_class(self.size.height < _LOWEST, "-lowest")

    @property
    def table(self) -> RunTable:
        """The runs."""
        return self.query_one(RunTable)

    def heading(self) -> Text:
        """How many runs there are and of what state, how many are marked, and where they lie."""
        line = super().heading()
        if not self.is_mounted or not self.table.runs.entries:
            return line
        return heading_of(
            line, self.table.runs, workbench(self).roots, width=self.size.width, plain=is_plain(self)
        )

    # What changes.

    @on(CatalogueChanged)
    def _take_entries(self) -> None:
        entries = self.catalogue.entries
        self.table.set_entries(entries)
        if self.has_class("-empty") == bool(entries):
            self.set_class(not entries, "-empty")
            self.set_focus(self.table if entries else None)
        self._show_detail()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Where there are no runs, nothing can be done with them; who filters needs not begin to."""
        if action == "filter" and isinstance(self.focused, FilterInput):
            return False
        return action not in _OF_RUNS or not self.has_class("-empty")

    @on(RunTable.Changed)
    def _tell_changed(self) -> None:
        self.set_heading()

    @on(RunTable.Moved)
    def _attend(self, event: RunTable.Moved) -> None:
        self.catalogue.attend(event.entry.path if event.entry else None)
        if self._watch:
            self._watch.hurry()
        self._show_detail()

    def _show_detail(self) -> None:
        entry = self.table.runs.current
        is_read = entry is not None and self.catalogue.attended == entry.path
        self.query_one(RunDetail).show(entry, self.catalogue.log_line if is_read else "")

    # The filter.

    def action_filter(self) -> None:
        self.add_class("-filtering")
        self.query_one(FilterInput).focus()

    @on(Input.Changed, "#filter")
    def _narrow(self, event: Input.Changed) -> None:
        self.table.set_query(event.value)

    @on(Input.Submitted, "#filter")
    def _keep_filter(self) -> None:
        self.set_class(bool(self.table.runs.query.strip()), "-filtering")
        self.table.focus()

    @on(FilterInput.Moved)
    def _move(self, event: FilterInput.Moved) -> None:
        self.table.action_move(event.by)

    def action_go_back(self) -> None:
        """The filter goes first, then the marks, then the screen."""
        if self.has_class("-filtering"):
            self.query_one(FilterInput).value = ""
            self.remove_class("-filtering")
            self.table.focus()
        elif self.table.runs.marked:
            self.table.action_unmark()
        else:
            super().action_go_back()

    # What is asked for.

    @on(RunTable.Opened)
    def _open(self, event: RunTable.Opened) -> None:
        self.post_message(RunOpened(event.path))

    def action_new_run(self) -> None:
        self.post_message(NewRunAsked())

    def action_clone_run(self) -> None:
        if current := self.table.runs.current:
            self.post_message(NewRunAsked(Origin(run=current.path)))

    def action_compare(self) -> None:
        """The marked runs; with one marked, that and the one under the cursor; with none, the app asks."""
        runs = self.table.runs
        paths = list(runs.chosen)
        if runs.current and runs.current.path not in paths and len(paths) == 1:
            paths.append(runs.current.path)
        if paths:
            self.post_message(CompareAsked(paths))

    def action_stop_runs(self) -> None:
        if paths := self.table.runs.chosen:
            self.post_message(StopAsked(paths))

    def action_kill_runs(self) -> None:
        if paths := self.table.runs.chosen:
            self.post_message(KillAsked(paths))

    def action_remove_runs(self) -> None:
        if paths := self.table.runs.chosen:
            self.post_message(RemoveAsked(paths))

    def action_tag_runs(self) -> None:
        if paths := self.table.runs.chosen:
            self.post_message(TagAsked(paths))

    def action_resume_run(self) -> None:
        if current := self.table.runs.current:
            self.post_message(ResumeAsked(current.path))

    def action_copy_path(self) -> None:
        if current := self.table.runs.current:
            self.app.copy_to_clipboard(printable(str(current.path.absolute())))
            self.notify(printable(f"copied {current.path}"), timeout=2, markup=False)
