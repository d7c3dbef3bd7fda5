"""ExtractScreen: ask which videos, extract them with progress, and tell what was passed over."""

from __future__ import annotations

import math
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.suggester import Suggester
from textual.widgets import Input, Label, Static

from slt_engine.config.home import expanded
from slt_tui.extraction import Extraction, Wish, processed_beside
from slt_tui.messages import CommandDone, DataOpened, Problem
from slt_tui.path_completion import complete_path, longest_start
from slt_tui.screens.base import WorkbenchScreen, is_plain, workbench
from slt_tui.screens.extract.words import describe_end, describe_progress, describe_report

_LOOKS_EVERY_S = 0.25
_KEYS = "enter begins   tab the next field   right takes the suggestion   escape back"
_MOST_WORKERS = 64
_FIELDS = ("videos", "out", "fps", "workers", "blur", "deep")
_ANSWERS = {"": False, "no": False, "n": False, "yes": True, "y": True}


class Paths(Suggester):
    """Goes on with a path as far as there is one way to."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return longest_start(complete_path(value)) or None


class ExtractScreen(WorkbenchScreen):
    """Leaving it leaves the extraction at work; coming back shows how far it is."""

    NAME = "extract"
    AUTO_FOCUS = ""  # a field that is not shown must take no key
    CSS_PATH = Path(__file__).with_name("extract.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", "Begin", show=False),
        Binding("x", "stop", "Stop"),
        Binding("d", "look", "Its clips"),
        Binding("n", "ask", "Other videos"),
    ]

    def compose_body(self) -> ComposeResult:
        with Vertical(id="form"):
            yield _row(
                "videos", Input(id="videos", placeholder="a directory, or one video", suggester=Paths())
            )
            yield _row("into", Input(id="out", placeholder="processed, beside them", suggester=Paths()))
            yield _row("frames/s", Input(id="fps", classes="short", placeholder="all"), "to keep")
            yield _row("processes", Input("1", id="workers", classes="short"), "one a core is plenty")
            yield _row(
                "blur",
                Input(id="blur", classes="short", placeholder="no"),
                "yes: the face, but for eyes and mouth",
            )
            yield _row(
                "deep", Input(id="deep", classes="short", placeholder="no"), "yes: directories below too"
            )
        yield Static(_KEYS, id="state", markup=False)
        with VerticalScroll(id="report"):
            yield Static("", markup=False)

    def on_mount(self) -> None:
        self.set_interval(_LOOKS_EVERY_S, self._look)
        if self._extraction and not self._extraction.is_over:
            self._show_extraction()
        else:
            self.action_ask()

    @property
    def _extraction(self) -> Extraction | None:
        return workbench(self).extraction

    @property
    def is_at_work(self) -> bool:
        """Whether videos are being read."""
        return self._extraction is not None and not self._extraction.is_over

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Only what can be done with the extraction that is shown, if one is."""
        asks = self.query_one("#form").display
        possible = {
            "start": asks,
            "stop": not asks and self.is_at_work,
            "look": not asks and not self.is_at_work,
            "ask": not asks and not self.is_at_work,
        }
        return possible.get(action, True)

    def action_ask(self) -> None:
        """Which videos, and how."""
        self.query_one("#form").display = True
        self.query_one("#videos", Input).focus()
        self.query_one("#state", Static).update(_KEYS)
        self.query_one("#report Static", Static).update("")
        self.refresh_bindings()

    @on(Input.Submitted)
    def action_start(self) -> None:
        """Start the process that extracts."""
        wish, problem = self._wish()
        if self.is_at_work:
            problem = "an extraction is at work already"
        if wish is None or problem:
            self.query_one("#state", Static).update(f"! {problem}")
            return
        try:
            workbench(self).extraction = Extraction(wish)
        except OSError as error:
            self.post_message(Problem(f"the extraction could not be started: {error}"))
            return
        self.post_message(CommandDone(wish.command))
        self._show_extraction()

    def action_stop(self) -> None:
        """End it; what is complete stays, and beginning again goes on with the rest."""
        if self._extraction:
            self._extraction.stop()

    def action_look(self) -> None:
        """The clips that were made."""
        if self._extraction:
            self.post_message(DataOpened(self._extraction.wish.out))

    def _wish(self) -> tuple[Wish | None, str]:
        """What was typed, or what is wrong with it."""
        typed = {name: self.query_one(f"#{name}", Input).value.strip() for name in _FIELDS}
        if not typed["videos"]:
            return None, "videos: name a directory with videos, or one video"
        videos = expanded(typed["videos"])
        if not videos.exists():
            return None, f"videos: {videos} is not there"
        fps = _number(typed["fps"]) if typed["fps"] else None
        if fps is not None and not 0 < fps < math.inf:
            return None, f'frames/s: "{typed["fps"]}" is no number above 0'
        if not typed["workers"].isdecimal() or not 1 <= int(typed["workers"]) <= _MOST_WORKERS:
            return None, f'processes: "{typed["workers"]}" is no number from 1 to {_MOST_WORKERS}'
        out = expanded(typed["out"]) if typed["out"] else processed_beside(videos)
        for name in ("blur", "deep"):
            if typed[name].lower() not in _ANSWERS:
                return None, f'{name}: "{typed[name]}" is neither yes nor no'
        blur, deep = (_ANSWERS[typed[name].lower()] for name in ("blur", "deep"))
        return Wish(videos, out, fps, int(typed["workers"]), blur, deep), ""

    def _show_extraction(self) -> None:
        self.query_one("#form").display = False
        self.set_focus(None)
        self._look()
        self.refresh_bindings()

    def _look(self) -> None:
        extraction = self._extraction
        if extraction is None or self.query_one("#form").display:
            return
        end = extraction.end()
        state = describe_end(end) if end else describe_progress(extraction.progress(), plain=is_plain(self))
        where = f"{extraction.wish.videos}  >  {extraction.wish.out}\n\n"
        self._update("#state", state.__class__(where) + state)
        self._update("#report Static", describe_report(end.summary if end else None))
        if end:
            self.refresh_bindings()

    def _update(self, which: str, words: object) -> None:
        """Draw it where it says something else: a screen at rest sends nothing."""
        line = self.query_one(which, Static)
        if line.content != words:
            line.update(words)  # type: ignore[arg-type]


def _row(label: str, field: Input, hint: str = "") -> Horizontal:
    told = [Label(hint, classes="hint")] if hint else []
    return Horizontal(Label(label), field, *told, classes="row")


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan
