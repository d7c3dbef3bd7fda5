"""LineList: lines of pieces that scroll; ten thousand cost no more than those in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType

from slt_tui.keymap import Keyed
from slt_tui.screens.base import is_plain
from slt_tui.widgets.cells import cut
from slt_tui.widgets.painted import Painted, Piece

Line = Sequence[Piece]
_WHEEL = 3


class LineList(Keyed, Painted, can_focus=True):
    """Shows lines from ``top`` on. The looks of pieces: muted, strong, good, wrong, missing, warning, error, mark."""

    SCOPE = "list"
    PREFIX = "list"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"list--{look}"
        for look in (
            "muted", "strong", "good", "wrong", "missing", "warning", "error", "mark", "cursor", "cursor-away",
        )
    }  # fmt: skip
    DEFAULT_CSS = """
    LineList {
        height: 1fr;
        padding: 0 1;
        & > .list--muted { color: $foreground 60%; }
        & > .list--strong { text-style: bold; }
        & > .list--good { color: $success; }
        & > .list--wrong { color: $accent; text-style: underline; }
        & > .list--missing { color: $error; }
        & > .list--warning { color: $warning; }
        & > .list--error { color: $error; }
        & > .list--mark { color: $primary; }
        & > .list--cursor { background: $primary 30%; }
        & > .list--cursor-away { background: $panel; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("ctrl+d,pagedown", "move_page(1)", "A page down", show=False),
        Binding("ctrl+u,pageup", "move_page(-1)", "A page up", show=False),
        Binding("g,home", "first", "First", show=False),
        Binding("G,end", "last", "Last", show=False),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        self.lines: list[Line] = []
        self.top = 0
        super().__init__(id=id, classes=classes)

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines from the same place on."""
        self.lines = list(lines)
        self._go_to(self.top)

    def pieces_of(self, y: int) -> Sequence[Piece]:
        place = self.top + y
        return self._fitted(self.lines[place]) if place < len(self.lines) else []

    def action_move(self, count: int) -> None:
        self._go_to(self.top + count)

    def action_move_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self._go_to(0)

    def action_last(self) -> None:
        self._go_to(len(self.lines))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._go_to(self.top + _WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._go_to(self.top - _WHEEL)

    def on_resize(self) -> None:
        self._go_to(self.top)
        self.refresh()

    def _go_to(self, top: int) -> None:
        self.top = max(0, min(top, len(self.lines) - self.size.height))
        self.repaint()

    def _fitted(self, line: Line) -> list[Piece]:
        """The line with a sign at its end where it is longer than the widget is wide."""
        fitted: list[Piece] = []
        left = self.size.width
        for place, (text, look) in enumerate(line):
            is_last = place == len(line) - 1
            if cell_len(text) > left or (cell_len(text) == left and not is_last):
                return [*fitted, (cut(text + " .", left, plain=is_plain(self)), look)]
            fitted.append((text, look))
            left -= cell_len(text)
        return fitted
