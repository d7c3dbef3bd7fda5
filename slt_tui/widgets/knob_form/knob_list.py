"""KnobList: settings in rows under the headings of their groups, drawn line by line; one of them has the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from slt_tui.form.examination import Row
from slt_tui.keymap import Keyed
from slt_tui.screens.base import is_plain
from slt_tui.widgets.knob_form.layout import (
    VALUE_AT,
    Line,
    heading_pieces,
    lines_of,
    remark_pieces,
    row_pieces,
)
from slt_tui.widgets.painted import Painted, Piece

_LOOKS = (*("row", "cursor", "cursor-name", "group", "name", "given", "changed", "quiet", "wrong", "notice"),)


class KnobList(Keyed, Painted, ScrollView, can_focus=True):
    """Shows the rows it is given; the cursor stays on its setting when others come and go."""

    SCOPE = "form"
    PREFIX = "knob-list"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"knob-list--{look}" for look in _LOOKS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j,tab", "move(1)", "Next setting", show=False),
        Binding("up,k,shift+tab", "move(-1)", "Setting before", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("g,home", "go_to_first", "First setting", show=False),
        Binding("G,end", "go_to_last", "Last setting", show=False),
        Binding("right,l,right_square_bracket", "go_to_group(1)", "Next group", show=False),
        Binding("left,h,left_square_bracket", "go_to_group(-1)", "Group before", show=False),
        Binding("enter", "edit", "Edit"),
        Binding("space", "turn(1)", "Switch, next choice", show=False),
        Binding("minus", "turn(-1)", "Choice before", show=False),
        Binding("backspace,delete", "reset", "Take back", show=False),
        Binding("exclamation_mark,n", "go_to_problem(1)", "Problem", key_display="!"),
        Binding("N", "go_to_problem(-1)", "Problem before", show=False),
    ]

    class Moved(Message):
        """The cursor is on another setting, or on none, or the setting has changed."""

        def __init__(self, row: Row | None) -> None:
            super().__init__()
            self.row = row

    class EditAsked(Message):
        """The value under the cursor is to be typed or chosen."""

    class Turned(Message):
        """A switch or a choice was turned to another value."""

        def __init__(self, key: str, text: str) -> None:
            super().__init__()
            self.key, self.text = key, text

    class ResetAsked(Message):
        """A setting is to be what the form is built on says."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self.place = 0
        self.words_for_nothing = ""
        self._lines: list[Line] = []
        self._line_of: list[int] = []
        self._told: Row | None = None

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.place] if self.rows else None

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these."""
        key = self.current.key if self.current else None
        self.rows = rows
        places = {row.key: place for place, row in enumerate(rows)}
        self.place = places.get(key or "", min(self.place, max(0, len(rows) - 1)))
        if self.is_attached:
            self._lay_out()

    def go_to(self, place: int) -> None:
        """Put the cursor on a row, or the nearest that there is."""
        self.place = max(0, min(place, len(self.rows) - 1))
        self._show_cursor()
        self.repaint()
        self._tell_moved()

    def go_to_key(self, key: str) -> bool:
        """Put the cursor on a setting; whether it is shown."""
        place = next((place for place, row in enumerate(self.rows) if row.key == key), None)
        if place is not None:
            self.go_to(place)
        return place is not None

    def line_in_sight(self) -> int:
        """In which line of the widget the cursor is."""
        return self._line_of[self.place] - self.scroll_offset.y if self.rows else 0

    # Keys and mouse.

    def action_move(self, by: int) -> None:
        """Up or down by so many settings."""
        self.go_to(self.place + by)

    def action_page(self, by: int) -> None:
        """Up or down by what is in sight."""
        if not self.rows:
            return
        wanted = self._line_of[self.place] + by * max(1, self.size.height - 2)
        self.go_to(self._lines[max(0, min(wanted, len(self._lines) - 1))].row)

    def action_go_to_first(self) -> None:
        self.go_to(0)

    def action_go_to_last(self) -> None:
        self.go_to(len(self.rows) - 1)

    def action_go_to_group(self, by: int) -> None:
        """To the first setting of the next group; back, to that of this group and then of the one before."""
        firsts = [line.row for line in self._lines if line.kind == "group"]
        ahead = [place for place in firsts if place > self.place]
        behind = [place for place in firsts if place < self.place]
        if by > 0 and ahead:
            self.go_to(ahead[0])
        elif by < 0 and behind:
            self.go_to(behind[-1])

    def action_go_to_problem(self, by: int) -> None:
        """To the next row with something wrong, round the end."""
        wrong = [place for place, row in enumerate(self.rows) if row.problems]
        if not wrong:
            return
        ahead = [place for place in wrong if (place - self.place) * by > 0]
        self.go_to((ahead or wrong)[0 if by > 0 else -1])

    def action_edit(self) -> None:
        """Type the value, choose it from a list, or turn the switch."""
        if self.current and self.current.knob.is_switch:
            self.action_turn(1)
        elif self.current:
            self.post_message(self.EditAsked())

    def action_turn(self, by: int) -> None:
        """The switch, or the choices one by one."""
        row = self.current
        if row is None:
            return
        choices = ("false", "true") if row.knob.is_switch else row.knob.choices
        if not choices:
            self.post_message(self.EditAsked())
            return
        at = choices.index(row.text) if row.text in choices else -1 if by > 0 else 0
        self.post_message(self.Turned(row.key, choices[(at + by) % len(choices)]))

    def action_reset(self) -> None:
        if self.current and self.current.is_changed:
            self.post_message(self.ResetAsked(self.current.key))

    def on_click(self, event: events.Click) -> None:
        """A click on a name goes there; on a value, or a second one, it edits."""
        event.stop()
        number = event.y + self.scroll_offset.y
        if number >= len(self._lines) or self._lines[number].kind == "blank":
            return
        line = self._lines[number]
        self.go_to(line.row)
        if line.kind == "row" and (event.x >= VALUE_AT or event.chain == 2):
            self.action_edit()

    # Drawing.

    def pieces_of(self, y: int) -> Sequence[Piece]:
        number = y + self.scroll_offset.y
        if number >= len(self._lines):
            return [("   ", ""), (self.words_for_nothing, "quiet")] if not self.rows and y == 1 else []
        line, plain = self._lines[number], is_plain(self)
        if line.kind == "group":
            is_here = self.current is not None and self.current.knob.group == line.text
            return heading_pieces(line.text, self.size.width, labelled=is_here)
        if line.kind == "row":
            is_here = line.row == self.place
            return row_pieces(self.rows[line.row], self.size.width, cursor=is_here, plain=plain)
        return remark_pieces(line, plain=plain) if line.kind != "blank" else []

    def ground_of(self, y: int) -> str:
        number = y + self.scroll_offset.y
        here = number < len(self._lines) and self._lines[number].row == self.place
        return "cursor" if here and self._lines[number].kind == "row" else "row"

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        self._lines = lines_of(self.rows, self.size.width)
        self._line_of = [number for number, line in enumerate(self._lines) if line.kind == "row"]
        size = Size(self.size.width, len(self._lines))
        if self.virtual_size != size:
            self.virtual_size = size
        self._show_cursor()
        self.repaint()
        self._tell_moved()

    def _show_cursor(self) -> None:
        """Scroll as little as need be; a group's first setting brings its heading, a wrong one what is wrong."""
        if not self.rows:
            return
        first = last = self._line_of[self.place]
        if first and self._lines[first - 1].kind == "group":
            first -= 1
        while last + 1 < len(self._lines) and self._lines[last + 1].kind in ("wrong", "notice"):
            last += 1
        height, top = max(1, self.size.height), self.scroll_offset.y
        wanted = min(max(top, last - height + 1), first)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True, immediate=True)

    def _tell_moved(self) -> None:
        if self.current != self._told:
            self._told = self.current
            self.post_message(self.Moved(self.current))
