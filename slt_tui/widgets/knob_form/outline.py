"""Outline: the groups of settings, with how many are wrong or changed in each; where one is stands out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from slt_tui.form.examination import Row
from slt_tui.screens.base import is_plain
from slt_tui.widgets.cells import cut
from slt_tui.widgets.painted import Painted, Piece


class Group(NamedTuple):
    """A group with what is to be said of it."""

    name: str
    first: str
    wrong: int
    changed: int


def groups_of(rows: Sequence[Row]) -> list[Group]:
    """The groups in the order of the rows."""
    names = dict.fromkeys(row.knob.group for row in rows)
    members = {name: [row for row in rows if row.knob.group == name] for name in names}
    return [
        Group(
            name,
            mine[0].key,
            sum(bool(row.problems) for row in mine),
            sum(row.is_changed for row in mine),
        )
        for name, mine in members.items()
    ]


class Outline(Painted, ScrollView, can_focus=False):
    """Never has the focus; a click asks for a group."""

    PREFIX = "outline"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"outline--{look}" for look in ("row", "here", "name", "wrong", "changed")
    }

    class GroupChosen(Message):
        """A group was clicked; ``key`` is its first setting."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._groups: list[Group] = []
        self._here = ""

    def set_groups(self, groups: Sequence[Group], here: str) -> None:
        """Show these; ``here`` is the one that the cursor is in."""
        self._groups, self._here = list(groups), here
        size = Size(self.size.width, len(groups))
        if self.virtual_size != size:
            self.virtual_size = size
        self._keep_in_sight()
        self.repaint()

    def pieces_of(self, y: int) -> Sequence[Piece]:
        number = y + self.scroll_offset.y
        if number >= len(self._groups):
            return []
        group, plain = self._groups[number], is_plain(self)
        counts = [
            (f"{'x' if plain else '✘'}{group.wrong}", "wrong") if group.wrong else None,
            (f"{'*' if plain else '●'}{group.changed}", "changed") if group.changed else None,
        ]
        told = [(f" {text}", look) for text, look in filter(None, counts)]
        room = self.size.width - 2 - sum(len(text) for text, _ in told)
        return [(f" {cut(group.name, room, plain=plain):<{room}}", "name"), *told]

    def ground_of(self, y: int) -> str:
        number = y + self.scroll_offset.y
        return "here" if number < len(self._groups) and self._groups[number].name == self._here else "row"

    def on_click(self, event: events.Click) -> None:
        event.stop()
        number = event.y + self.scroll_offset.y
        if number < len(self._groups):
            self.post_message(self.GroupChosen(self._groups[number].first))

    def on_resize(self) -> None:
        self._keep_in_sight()
        self.repaint()

    def _keep_in_sight(self) -> None:
        place = next((n for n, group in enumerate(self._groups) if group.name == self._here), 0)
        height, top = max(1, self.size.height), self.scroll_offset.y
        wanted = min(max(top, place - height + 1), place)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True, immediate=True)
