"""Widgets that draw line by line: what is sent is what differs, and nothing is lost by a change of style."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from slt_tui.widgets.cells import printable
from slt_tui.widgets.painted import Painted, Piece


class Words(Painted):
    """Lines of plain words."""

    PREFIX = "words"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"words--loud"}
    DEFAULT_CSS = "Words { height: 3; } Words .words--loud { text-style: bold; }"

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[Piece]] = [[("one two three", "")], [("手話 翻訳", "")], []]
        self.sent: list[Region] = []

    def pieces_of(self, y: int) -> Sequence[Piece]:
        return self.lines[y]

    def refresh(self, *regions: Region, **options: bool) -> Words:
        self.sent.extend(regions)
        super().refresh(*regions, **options)
        return self


class Page(App[None]):
    def compose(self) -> ComposeResult:
        yield Words()


@pytest.mark.parametrize(
    ("line", "pieces", "region"),
    [
        (0, [("one two three", "")], None),
        (0, [("one ten three", "")], Region(5, 0, 2, 1)),
        (0, [("one two threes", "")], Region(13, 0, 1, 1)),
        (0, [("one ", ""), ("two", "loud"), (" three", "")], Region(4, 0, 3, 1)),
        (0, [], Region(0, 0, 13, 1)),
        (1, [("手話 翻案", "")], Region(7, 1, 2, 1)),
        (2, [("new", "")], Region(0, 2, 3, 1)),
    ],
)
async def test_only_the_cells_that_differ_are_sent(
    line: int, pieces: list[Piece], region: Region | None
) -> None:
    app = Page()
    async with app.run_test(size=(40, 3)) as pilot:
        await pilot.pause()
        words = app.query_one(Words)
        words.sent.clear()
        words.lines[line] = pieces
        words.repaint()
        assert words.sent == ([region] if region else [])


async def test_what_was_drawn_before_a_change_of_style_is_still_compared() -> None:
    app = Page()
    async with app.run_test(size=(40, 3)) as pilot:
        await pilot.pause()
        words = app.query_one(Words)
        words.notify_style_update()
        words.lines[0] = [("one two", "")]
        words.repaint()
        await pilot.pause()
        assert words.render_line(0).text.rstrip() == "one two"
        assert any(region.y == 0 for region in words.sent)


async def test_no_line_is_wider_than_the_widget() -> None:
    app = Page()
    async with app.run_test(size=(10, 3)) as pilot:
        await pilot.pause()
        assert [app.query_one(Words).render_line(y).cell_length for y in range(3)] == [10, 10, 10]


def test_control_characters_are_not_written() -> None:
    assert printable("a\x1b[2J\n\ud800\t") == "a?[2J???"
    assert printable("señas 手話\xa0×") == "señas 手話\xa0×"
