"""Lists that scroll, and lists with a chosen row, by key and mouse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from slt_tui.widgets.row_list import LineList, ListRow, RowList

ROWS = [ListRow("", [("heading", "strong")]), *(ListRow(f"k{n}", [(f"row {n}", "")]) for n in range(50))]


class Host(App[None]):
    def __init__(self, shown: LineList) -> None:
        super().__init__()
        self.shown = shown
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.shown

    def on_mount(self) -> None:
        self.shown.focus()

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        self.told.append(event.key)

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        self.told.append(f"open {event.key}")


@asynccontextmanager
async def rows_shown() -> AsyncIterator[tuple[RowList, Pilot[None], list[str]]]:
    rows = RowList()
    host = Host(rows)
    async with host.run_test(size=(30, 10)) as pilot:
        rows.show_rows(ROWS)
        await pilot.pause()
        host.told.clear()
        yield rows, pilot, host.told


async def test_a_heading_is_passed_over() -> None:
    async with rows_shown() as (rows, pilot, told):
        assert rows.key == "k0"
        await pilot.press("k")
        assert (rows.key, rows.top) == ("k0", 0)
        await pilot.press("j", "j", "g")
        await pilot.pause()
        assert told == ["k1", "k2", "k0"]


async def test_the_cursor_stays_in_sight() -> None:
    async with rows_shown() as (rows, pilot, _):
        await pilot.press("G")
        assert (rows.key, rows.top) == ("k49", 41)
        await pilot.press("pageup")
        assert rows.key == "k40"


async def test_the_chosen_row_stays_chosen_when_others_come_and_go() -> None:
    async with rows_shown() as (rows, pilot, told):
        await pilot.press("j", "j")
        await pilot.pause()
        told.clear()
        rows.show_rows(ROWS[3:])
        await pilot.pause()
        assert (rows.key, told) == ("k2", [])
        rows.show_rows(ROWS[:2])
        await pilot.pause()
        assert (rows.key, told) == ("k0", ["k0"])
        rows.show_rows([])
        assert rows.key == ""
        await pilot.press("j", "k", "G", "enter")


async def test_rows_are_opened_by_key_and_by_mouse() -> None:
    async with rows_shown() as (rows, pilot, told):
        await pilot.press("enter")
        await pilot.click(rows, offset=(3, 5))
        await pilot.pause()
        assert told == ["open k0", "k4"]
        await pilot.click(rows, offset=(3, 5), times=2)
        await pilot.pause()
        assert told[-1] == "open k4"


async def test_lines_scroll_as_far_as_there_are_some() -> None:
    lines = LineList()
    async with Host(lines).run_test(size=(30, 10)) as pilot:
        lines.show([[(f"line {n} that is longer than the list is wide", "")] for n in range(30)])
        await pilot.press("G")
        assert lines.top == 20
        assert lines.render_line(0).text.rstrip().endswith("…")
        await pilot.press("k", "g", "k")
        assert lines.top == 0
