"""RowList: lines one of which is the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from slt_tui.widgets.painted import Piece
from slt_tui.widgets.row_list.lines import LineList


class ListRow(NamedTuple):
    """A row; one without a ``key`` is a heading, which cannot be chosen."""

    key: str
    pieces: Sequence[Piece]


class RowList(LineList):
    """Keeps the chosen row chosen by its key, whatever rows come and go."""

    SCOPE = "rows"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Open", show=False)]

    class Moved(Message):
        """Another row is the chosen one."""

        def __init__(self, rows: RowList, key: str) -> None:
            super().__init__()
            self.rows, self.key = rows, key

        @property
        def control(self) -> RowList:
            return self.rows

    class Opened(Moved):
        """A row was opened."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        self.rows: list[ListRow] = []
        self.cursor = 0
        super().__init__(id=id, classes=classes)

    @property
    def key(self) -> str:
        """The chosen row's; nothing where there is none."""
        return self.rows[self.cursor].key if self.cursor < len(self.rows) else ""

    def show_rows(self, rows: Sequence[ListRow]) -> None:
        """Show other rows."""
        key = self.key
        self.rows = list(rows)
        places = [place for place, row in enumerate(rows) if row.key == key and key]
        self.cursor = places[0] if places else self._choosable(self.cursor, 1)
        self.show([row.pieces for row in rows])
        self._bring_in_sight()
        if self.key != key:
            self.post_message(self.Moved(self, self.key))

    def ground_of(self, y: int) -> str:
        is_cursor = self.top + y == self.cursor and self.key
        return ("cursor" if self.has_focus else "cursor-away") if is_cursor else ""

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()

    def on_resize(self) -> None:
        super().on_resize()
        self._bring_in_sight()

    def action_move(self, count: int) -> None:
        self._choose(self._choosable(self.cursor + count, 1 if count > 0 else -1))

    def action_first(self) -> None:
        self._choose(self._choosable(0, 1))

    def action_last(self) -> None:
        self._choose(self._choosable(len(self.rows), -1))

    def action_open(self) -> None:
        if self.key:
            self.post_message(self.Opened(self, self.key))

    def on_click(self, event: events.Click) -> None:
        place = self.top + event.y
        if place < len(self.rows) and self.rows[place].key:
            if place == self.cursor and event.chain == 2:
                self.action_open()
            self._choose(place)

    def _choose(self, place: int) -> None:
        if place == self.cursor:
            return
        self.cursor = place
        self._bring_in_sight()
        self.post_message(self.Moved(self, self.key))

    def _bring_in_sight(self) -> None:
        """Have the cursor in sight; before the first row that can be chosen, its heading too."""
        height = max(1, self.size.height)
        top = min(self.top, self.cursor if any(row.key for row in self.rows[: self.cursor]) else 0)
        self._go_to(max(top, self.cursor - height + 1))

    def _choosable(self, place: int, direction: int) -> int:
        """The nearest row to ``place`` that can be chosen, first in the direction, then in the other one."""
        place = max(0, min(place, len(self.rows) - 1))
        for step in (direction, -direction):
            seen = place
            while 0 <= seen < len(self.rows):
                if self.rows[seen].key:
                    return seen
                seen += step
        return place
