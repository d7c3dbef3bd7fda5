"""LogPanel: a run's logs, one at a time, with a line that says where one is, and the search."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from slt_engine.run.log_file import LogFile, LogLine
from slt_tui.keymap import Keyed
from slt_tui.readable import size
from slt_tui.widgets.log_view.hunt import hunt_down, hunt_up
from slt_tui.widgets.log_view.view import LogView

_TOLD_EVERY_S = 0.1


class LogPanel(Keyed, Vertical):
    """Shows the logs it is given; `t` takes the next, `/` searches all of it in the background."""

    SCOPE = "logs"
    DEFAULT_CSS = """
    LogPanel {
        & > #log-head { height: 1; color: $foreground-muted; }
        & > Input { height: 1; border: none; padding: 0; background: $panel; display: none; }
        & > Input.-open { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "next_log", "Other log", show=False),
        Binding("slash", "search", "Search", show=False),
        Binding("n", "search_on(1)", "Next match", show=False),
        Binding("N", "search_on(-1)", "Match before", show=False),
        Binding("escape", "leave_search", "Leave the search", show=False),
    ]

    class Searched(Message):
        """A search says how far it is, or what it found."""

        def __init__(self, words: str, line: LogLine | None = None) -> None:
            super().__init__()
            self.words, self.line = words, line

    def __init__(self, paths: Sequence[Path], *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.logs = [LogFile(path) for path in paths]
        self.place = 0
        self.searched = ""  # what the last search said

    def compose(self) -> ComposeResult:
        yield Static(id="log-head")
        yield LogView()
        field = Input(
            placeholder="search the whole log; capitals count if you type some", select_on_focus=False
        )
        field.cursor_blink = False
        yield field

    def on_mount(self) -> None:
        for place, log in enumerate(self.logs):  # the first that has something to say
            log.look()
            if log.size:
                self.place = place
                break
        self.view.show(self.log_file)
        self._say()

    @property
    def log_file(self) -> LogFile:
        """The log that is shown."""
        return self.logs[self.place]

    @property
    def view(self) -> LogView:
        """The lines."""
        return self.query_one(LogView)

    def look(self) -> None:
        """See whether the log has grown; nothing is sent where it has not."""
        self.view.follow()

    def focus(self, scroll_visible: bool = True) -> LogPanel:
        self.view.focus(scroll_visible)
        return self

    def on_log_view_moved(self) -> None:
        self._say()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._close_field()
        self.view.mark(event.value, None)
        if event.value:
            window = self.view.window
            self.action_search_on(-1 if window and window.follows else 1)

    def action_next_log(self) -> None:
        self.place = (self.place + 1) % len(self.logs)
        self.searched = ""
        self.workers.cancel_node(self)
        self.view.show(self.log_file)
        self._say()

    def action_search(self) -> None:
        field = self.query_one(Input)
        field.add_class("-open")
        field.value = ""
        field.focus()

    def action_leave_search(self) -> None:
        """Close the field, end a search, take the marks away; else the key is the screen's."""
        is_open = self.query_one(Input).has_class("-open")
        self.workers.cancel_node(self)
        if not (is_open or self.view.text):
            raise SkipAction
        self._close_field()
        self.searched = ""
        self.view.mark("", None)

    def action_search_on(self, direction: int) -> None:
        window, text, found = self.view.window, self.view.text, self.view.found
        if not window or not text:
            return
        log = window.log
        if direction > 0:
            self._search(text, hunt_down(log, text, found.end if found else window.top))
        else:
            self._search(text, hunt_up(log, text, found.begin if found else log.size))

    def on_log_panel_searched(self, event: LogPanel.Searched) -> None:
        event.stop()
        self.searched = event.words
        if event.line:
            self.view.mark(self.view.text, event.line)
        self._say()

    @work(thread=True, exclusive=True, group="search")
    def _search(self, text: str, hunt: Iterator[LogLine | float]) -> None:
        told, worker = 0.0, get_current_worker()
        for found in hunt:
            if worker.is_cancelled:
                return
            if isinstance(found, LogLine):
                self.post_message(self.Searched(f"/{text}  n next, N before", found))
                return
            if time.monotonic() - told > _TOLD_EVERY_S:
                told = time.monotonic()
                self.post_message(self.Searched(f"/{text}  searching, {100 * found:.0f} %"))
        self.post_message(self.Searched(f"/{text}  is nowhere in this log"))

    def _close_field(self) -> None:
        self.query_one(Input).remove_class("-open")
        self.view.focus()

    def _say(self) -> None:
        """Which log, how long, where one is; drawn only where it says something else."""
        log, window = self.log_file, self.view.window
        parts = [log.path.name]
        if not log.exists:
            parts = [f"{log.path.name}: not there yet"]
        elif not log.size:
            parts = [f"{log.path.name}: empty so far"]
        elif window:
            where = "at the end, following" if window.follows else f"{100 * window.share:.0f} %"
            parts += [size(log.size), where]
        if self.view.left:
            parts.append(f"column {self.view.left + 1}")
        others = [other.path.name for other in self.logs if other is not log]
        head = Text("   ".join(parts), style="bold")
        head.append(
            "   ".join(["", *(f"t {name}" for name in others), self.searched or "/ search"]), style="not bold"
        )
        line = self.query_one("#log-head", Static)
        if line.content != head:
            line.update(head, layout=False)
