"""ClipList: a data set's clips in rows, drawn line by line, so that their number does not matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from slt_tui.clip_reading.listing import ClipRow
from slt_tui.clip_reading.selection import ORDERS, ClipSelection
from slt_tui.keymap import Keyed
from slt_tui.screens.base import is_plain
from slt_tui.widgets.clip_list.columns import Widths, heading_pieces, row_pieces, widths_of
from slt_tui.widgets.painted import Painted, Piece


class ClipList(Keyed, Painted, ScrollView, can_focus=True):
    """Shows a selection; whoever changes it from outside calls ``redraw``."""

    SCOPE = "clips"
    PREFIX = "clip-list"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"clip-list--{look}" for look in ("row", "cursor", "pointer", "problem", "name", "quiet")
    }
    DEFAULT_CSS = """
    ClipList { background: $background; color: $foreground; overflow-x: hidden; }
    ClipList .clip-list--row { background: $background; }
    ClipList .clip-list--cursor { background: $primary 22%; }
    ClipList .clip-list--pointer { color: $primary; text-style: bold; }
    ClipList .clip-list--problem { color: $error; text-style: bold; }
    ClipList .clip-list--name { text-style: bold; }
    ClipList .clip-list--quiet { color: $foreground 60%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Next clip", show=False),
        Binding("up,k", "move(-1)", "Clip before", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("g,home", "go_to_first", "First clip", show=False),
        Binding("G,end", "go_to_last", "Last clip", show=False),
        Binding("enter", "open", "Play", show=False),
        Binding("s", "sort_by_next", "Sort"),
        Binding("S", "turn", "Turn the order round", show=False),
    ]

    class Moved(Message):
        """The cursor is on another clip."""

        def __init__(self, row: ClipRow | None) -> None:
            super().__init__()
            self.row = row

    class Opened(Message):
        """A clip was chosen."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        self.selection: ClipSelection | None = None
        self._widths = Widths(0, 0, 0, 0)
        self._told: ClipRow | None = None
        super().__init__(id=id)

    def show(self, selection: ClipSelection | None) -> None:
        """Show another data set's clips."""
        self.selection, self._told = selection, None
        self.redraw()

    def redraw(self) -> None:
        """The selection has changed: which clips, in which order, where the cursor is, what is known of them."""
        if not self.is_mounted:
            return
        self._lay_out()
        self._show_cursor()
        self.repaint()
        self._tell()

    # Keys and mouse.

    def action_move(self, by: int) -> None:
        """Up or down by so many clips."""
        if self.selection:
            self.go_to(self.selection.cursor + by)

    def action_page(self, by: int) -> None:
        """Up or down by what is in sight."""
        self.action_move(by * max(1, self.size.height - 2))

    def action_go_to_first(self) -> None:
        self.go_to(0)

    def action_go_to_last(self) -> None:
        self.go_to(len(self.selection.shown) if self.selection else 0)

    def action_open(self) -> None:
        if self.selection and self.selection.current:
            self.post_message(self.Opened())

    def action_sort_by_next(self) -> None:
        """By the id, the length, the text, then as the index has them."""
        if self.selection:
            place = (ORDERS.index(self.selection.order) + 1) % len(ORDERS)
            self._sort(ORDERS[place], turned=False)

    def action_turn(self) -> None:
        if self.selection:
            self._sort(self.selection.order, turned=not self.selection.is_turned)

    def go_to(self, place: int) -> None:
        """The cursor to a place among those shown, or the nearest there is."""
        if self.selection:
            self.selection.move_to(place)
            self.redraw()

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if self.selection is None:
            return
        if event.y == 0:
            order = self._order_at(event.x)
            self._sort(order, turned=order == self.selection.order and not self.selection.is_turned)
        elif (place := event.y - 1 + self.scroll_offset.y) < len(self.selection.shown):
            self.go_to(place)
            if event.chain == 2:
                self.action_open()

    def _sort(self, order: str, *, turned: bool) -> None:
        if self.selection:
            self.selection.sort(order, turned=turned)
            self.redraw()

    def _order_at(self, x: int) -> str:
        widths = self._widths
        ends = (2 + widths.id + widths.split, 3 + widths.id + widths.split + widths.frames)
        return "id" if x < ends[0] else "frames" if x < ends[1] else "text"

    # Drawing.

    def pieces_of(self, y: int) -> Sequence[Piece]:
        if self.selection is None:
            return []
        if y == 0:
            return heading_pieces(self._widths, self.selection, plain=is_plain(self))
        place = y - 1 + self.scroll_offset.y
        if place >= len(self.selection.shown):
            return self._words_for_nothing(y)
        row = self.selection.shown[place]
        return row_pieces(
            row,
            self.selection.facts.get(row.clip_id),
            self._widths,
            is_current=place == self.selection.cursor,
            plain=is_plain(self),
        )

    def ground_of(self, y: int) -> str:
        selection = self.selection
        is_current = selection and selection.shown and y - 1 + self.scroll_offset.y == selection.cursor
        return "cursor" if is_current and y else "row"

    def on_mount(self) -> None:
        self.redraw()

    def on_resize(self) -> None:
        self._lay_out()
        self._show_cursor()
        self.refresh()

    def _words_for_nothing(self, y: int) -> Sequence[Piece]:
        if self.selection is None or self.selection.shown:
            return []
        words = {2: "No clip fits the words and the split.", 3: "escape shows all clips again"}
        return [("  ", ""), (words.get(y, ""), "quiet")]

    def _lay_out(self) -> None:
        if self.selection is None:
            return
        size = Size(self.size.width, len(self.selection.shown) + 1)
        if self.virtual_size != size:
            self.virtual_size = size
        if (widths := widths_of(self.size.width, self.selection)) != self._widths:
            self._widths = widths
            self.refresh()

    def _show_cursor(self) -> None:
        """Scroll as little as need be."""
        if self.selection is None:
            return
        cursor, height, top = self.selection.cursor, max(1, self.size.height - 1), self.scroll_offset.y
        if (wanted := min(max(top, cursor - height + 1), cursor)) != top:
            self.scroll_to(y=wanted, animate=False, force=True, immediate=True)

    def _tell(self) -> None:
        current = self.selection.current if self.selection else None
        if current is not self._told:
            self._told = current
            self.post_message(self.Moved(current))
