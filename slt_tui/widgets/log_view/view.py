"""LogView: the lines of a log that are in sight, cut at the edge, with what was searched marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from slt_engine.run.log_file import LogFile, LogLine
from slt_engine.run.log_search import has_capitals
from slt_tui.keymap import Keyed
from slt_tui.widgets.log_view.window import LogWindow
from slt_tui.widgets.painted import Painted, Piece

_STEP = 8  # columns that left and right move by
_WHEEL = 3
_TAB = 8


class LogView(Keyed, Painted, can_focus=True):
    """Shows a log of any length at once; reads what is in sight and nothing else."""

    SCOPE = "log"
    PREFIX = "log"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log--error",
        "log--warning",
        "log--match",
        "log--found",
        "log--thumb",
        "log--track",
    }
    DEFAULT_CSS = """
    LogView {
        height: 1fr;
        & > .log--error { color: $error; }
        & > .log--warning { color: $warning; }
        & > .log--match { color: $background; background: $accent; }
        & > .log--found { text-style: bold; background: $panel; }
        & > .log--thumb { color: $primary; }
        & > .log--track { color: $panel; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "down(1)", "Down", show=False),
        Binding("k,up", "up(1)", "Up", show=False),
        Binding("ctrl+d", "down_half", "Half a page down", show=False),
        Binding("ctrl+u", "up_half", "Half a page up", show=False),
        Binding("pagedown,ctrl+f", "down_page", "A page down", show=False),
        Binding("pageup,ctrl+b", "up_page", "A page up", show=False),
        Binding("g,home", "first", "First line", show=False),
        Binding("G,end", "last", "Last line, and follow", show=False),
        Binding("l,right", "right", "Right", show=False),
        Binding("h,left", "left", "Left", show=False),
        Binding("0", "margin", "Left margin", show=False),
    ]

    class Moved(Message):
        """The window shows something else."""

    def __init__(self) -> None:
        super().__init__()
        self.window: LogWindow | None = None
        self.left = 0
        self.text = ""
        self.found: LogLine | None = None

    def show(self, log: LogFile | None) -> None:
        """Show a log from its end."""
        self.window = LogWindow(log) if log else None
        self.left, self.found = 0, None
        if self.window:
            self.window.log.look()
            self.window.resize(self.size.height)
        self._show()

    def follow(self) -> bool:
        """See whether the log has changed, and show it; whether it has."""
        if self.window is None or not self.window.look():
            return False
        self._show()
        return True

    def mark(self, text: str, found: LogLine | None) -> None:
        """Mark a text wherever it is in sight, and the line that was found, which comes in sight."""
        self.text, self.found = text, found
        if found and self.window:
            self.window.show(found)
            self._bring_in_sight(found)
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        if self.window:
            self.window.resize(event.size.height)
        self.refresh()
        self.post_message(self.Moved())

    def ground_of(self, y: int) -> str:
        lines = self.window.lines if self.window else []
        return "found" if self.found and y < len(lines) and lines[y].begin == self.found.begin else ""

    def pieces_of(self, y: int) -> Sequence[Piece]:
        width = self.size.width - 1
        if self.window is None or width < 1:
            return []
        lines = self.window.lines
        pieces = self._pieces(_shown(lines[y]), width) if y < len(lines) else []
        blank = width - sum(cell_len(text) for text, _ in pieces)
        thumb = round(self.window.share * (self.size.height - 1))
        return [*pieces, (" " * blank, ""), ("┃", "thumb") if y == thumb else ("│", "track")]

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_down(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_up(_WHEEL)

    def on_click(self, event: events.Click) -> None:
        if self.window and event.x == self.size.width - 1:
            self.window.to_share(event.y / max(1, self.size.height - 1))
            self._show()

    def action_down(self, count: int) -> None:
        if self.window:
            self.window.down(count)
            self._show()

    def action_up(self, count: int) -> None:
        if self.window:
            self.window.up(count)
            self._show()

    def action_down_half(self) -> None:
        self.action_down(max(1, self.size.height // 2))

    def action_up_half(self) -> None:
        self.action_up(max(1, self.size.height // 2))

    def action_down_page(self) -> None:
        self.action_down(max(1, self.size.height - 1))

    def action_up_page(self) -> None:
        self.action_up(max(1, self.size.height - 1))

    def action_first(self) -> None:
        if self.window:
            self.window.to_first()
            self._show()

    def action_last(self) -> None:
        if self.window:
            self.window.to_last()
            self._show()

    def action_right(self) -> None:
        self._to_column(self.left + _STEP)

    def action_left(self) -> None:
        self._to_column(self.left - _STEP)

    def action_margin(self) -> None:
        self._to_column(0)

    def _to_column(self, column: int) -> None:
        longest = max((len(_shown(line)) for line in self.window.lines), default=0) if self.window else 0
        column = max(0, min(column, longest - self.size.width // 2))
        if column != self.left:
            self.left = column
            self._show()

    def _bring_in_sight(self, line: LogLine) -> None:
        """Scroll sideways until the text can be seen."""
        begin, width = next(_places(_shown(line), self.text), 0), self.size.width - 1
        if begin < self.left or begin + len(self.text) > self.left + width:
            self.left = max(0, begin - width // 2) if begin + len(self.text) > width else 0

    def _show(self) -> None:
        """Draw what is in sight, as far as it differs from what stands there."""
        self.repaint()
        self.post_message(self.Moved())

    def _pieces(self, text: str, width: int) -> list[Piece]:
        """A line from the left column on, what was searched marked, with a sign where it is cut."""
        look = next((look for look, words in _LEVELS.items() if any(word in text for word in words)), "")
        if cell_len(shown := text[self.left : self.left + width + 1]) <= width:
            return self._marked(text, self.left + len(shown), look)
        kept = set_cell_size(shown, width - 1)
        pieces = self._marked(text, self.left + len(kept.rstrip()), look)
        blank = width - 1 - sum(cell_len(piece) for piece, _ in pieces)
        return [*pieces, (" " * blank, ""), ("…", "track")]

    def _marked(self, text: str, end: int, look: str) -> list[Piece]:
        pieces, place = [], self.left
        for hit in _places(text, self.text):
            after = min(hit + len(self.text), end)
            if after > place:
                pieces += [(text[place:hit], look), (text[max(place, hit) : after], "match")]
                place = after
        return [*pieces, (text[place:end], look)]


def _shown(line: LogLine) -> str:
    return line.text.expandtabs(_TAB)


def _places(line: str, text: str) -> Iterator[int]:
    """Where ``text`` begins in a line, as a search sees it."""
    folded = line if has_capitals(text) else line.lower()
    place = folded.find(text) if text else -1
    while place >= 0:
        yield place
        place = folded.find(text, place + len(text))


_LEVELS = {
    "error": (" ERROR ", " CRITICAL ", "Traceback (most recent", "Error:", "Exception:"),
    "warning": (" WARNING ", "Warning:"),
}
