"""The table of runs in an app: keys, mouse, what follows what, and how little is painted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.geometry import Region
from textual.pilot import Pilot

from slt_tui.run_entry import RunEntry
from slt_tui.widgets.run_table import RunDetail, RunTable
from tests.support.entries import entry

SIX = [entry(f"run-{number}", age_s=60 * number + 100, best=number / 10, epoch=number) for number in range(6)]
MANY = [entry(f"run-{number:03}", age_s=60 * number + 100) for number in range(100)]


class Shown(App[None]):
    """One table, and what it posts."""

    def __init__(self, entries: list[RunEntry]) -> None:
        super().__init__()
        self.entries = entries
        self.opened: list[Path] = []
        self.moved: list[str | None] = []

    def compose(self) -> ComposeResult:
        yield RunTable()
        yield RunDetail()

    def on_mount(self) -> None:
        self.table.set_entries(self.entries)
        self.table.focus()

    @property
    def table(self) -> RunTable:
        return self.query_one(RunTable)

    def on_run_table_opened(self, message: RunTable.Opened) -> None:
        self.opened.append(message.path)

    def on_run_table_moved(self, message: RunTable.Moved) -> None:
        self.moved.append(message.entry.label if message.entry else None)


@asynccontextmanager
async def table_of(
    entries: list[RunEntry], size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], RunTable]]:
    """A table of these runs and the pilot that presses its keys."""
    app = Shown(entries)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot, app.table


def labels(table: RunTable) -> list[str]:
    return [one.label for one in table.runs.shown]


def current(table: RunTable) -> str:
    assert table.runs.current is not None
    return table.runs.current.label


def line(table: RunTable, y: int) -> str:
    return table.render_line(y).text.rstrip()


def painted(table: RunTable, monkeypatch: pytest.MonkeyPatch) -> list[Region]:
    """The regions that are painted from now on."""
    regions: list[Region] = []
    monkeypatch.setattr(table, "refresh", lambda *given, **_: regions.extend(given or [table.size.region]))
    return regions


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ("j", 1),
        ("down", 1),
        ("j j k", 1),
        ("j up", 0),
        ("k", 0),
        ("G", 99),
        ("end", 99),
        ("G g", 0),
        ("end home", 0),
        ("pagedown", 16),
        ("ctrl+f", 16),
        ("pagedown pagedown pageup", 16),
        ("G ctrl+b", 83),
    ],
)
async def test_keys_move_the_cursor(keys: str, row: int) -> None:
    async with table_of(MANY) as (pilot, table):
        await pilot.press(*keys.split())
        assert table.runs.row == row
        top = table.scroll_offset.y
        assert top <= row < top + table.size.height - 1


@pytest.mark.parametrize("key", ["enter", "l", "right"])
async def test_a_run_is_opened(key: str) -> None:
    async with table_of(SIX) as (pilot, _):
        await pilot.press("j", key)
        assert pilot.app.opened == [SIX[1].path]  # type: ignore[attr-defined]


async def test_marks_are_put_and_taken_off() -> None:
    async with table_of(SIX) as (pilot, table):
        await pilot.press("space", "space")
        assert table.runs.chosen == [SIX[0].path, SIX[1].path]
        assert "●" in line(table, 1)
        await pilot.press("k", "space")
        assert table.runs.marked == {SIX[0].path}
        await pilot.press("v")
        assert len(table.runs.marked) == 6
        await pilot.press("u")
        assert table.runs.marked == set()
        assert table.runs.chosen == [table.runs.current.path]  # type: ignore[union-attr]


async def test_only_what_is_shown_is_marked() -> None:
    async with table_of(SIX) as (pilot, table):
        table.set_query("run-3")
        await pilot.press("v")
        assert table.runs.marked == {SIX[3].path}


async def test_columns_to_sort_by_are_chosen_with_keys() -> None:
    async with table_of(SIX) as (pilot, table):
        await pilot.press("greater_than_sign")  # behind the last comes the first
        assert table.runs.column.key == "state"
        await pilot.press("greater_than_sign", "greater_than_sign")
        assert table.runs.column.key == "epoch"
        assert labels(table)[0] == "run-5"
        assert "epoch ▼" in line(table, 0)
        await pilot.press("o")
        assert labels(table)[0] == "run-0"
        assert "epoch ▲" in line(table, 0)
        await pilot.press("less_than_sign")
        assert table.runs.column.key == "name"
        await pilot.press("O")
        assert (table.runs.column.key, table.runs.is_turned) == ("age", False)


async def test_a_click_puts_the_cursor_and_a_second_one_opens() -> None:
    async with table_of(SIX) as (pilot, table):
        await pilot.click(RunTable, offset=(20, 3))
        assert current(table) == "run-2"
        await pilot.click(RunTable, offset=(20, 4), times=2)
        assert pilot.app.opened == [SIX[3].path]  # type: ignore[attr-defined]
        await pilot.click(RunTable, offset=(20, 12))
        assert current(table) == "run-3"


async def test_a_click_at_the_left_marks() -> None:
    async with table_of(SIX) as (pilot, table):
        await pilot.click(RunTable, offset=(1, 3))
        assert table.runs.marked == {SIX[2].path}
        await pilot.click(RunTable, offset=(1, 3))
        assert table.runs.marked == set()


async def test_a_click_on_a_heading_sorts_and_a_second_one_turns() -> None:
    async with table_of(SIX) as (pilot, table):
        x = line(table, 0).index("best")
        await pilot.click(RunTable, offset=(x, 0))
        assert (table.runs.column.key, labels(table)[0]) == ("best", "run-0")
        await pilot.click(RunTable, offset=(x, 0))
        assert (table.runs.is_turned, labels(table)[0]) == (True, "run-5")


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    async with table_of(MANY) as (pilot, table):
        await pilot._post_mouse_events([MouseScrollDown], RunTable, offset=(5, 5), button=0)
        await pilot.pause()
        assert table.scroll_offset.y > 0
        assert table.runs.row == 0


async def test_cursor_scroll_and_marks_survive_new_runs_and_another_order() -> None:
    async with table_of(MANY) as (pilot, table):
        await pilot.press(*["pagedown"] * 3, "space", "k", "k", "k")
        above, name = table.runs.row - table.scroll_offset.y, current(table)
        table.set_entries([entry("newest", age_s=1), *MANY])
        await pilot.pause()
        assert (current(table), table.runs.row - table.scroll_offset.y) == (name, above)
        await pilot.press("o")
        assert current(table) == name
        assert table.runs.marked == {entry("run-048").path}


async def test_a_new_run_is_in_sight_where_the_list_is_at_its_top() -> None:
    async with table_of(MANY) as (_, table):
        table.set_entries([entry("newest", age_s=1), *MANY])
        assert table.scroll_offset.y == 0
        assert "newest" in line(table, 1)
        assert current(table) == "run-000"


async def test_what_has_no_hit_says_how_to_go_on() -> None:
    async with table_of(SIX) as (_, table):
        table.set_query("nothing of that kind")
        assert "No run has 'nothing of that kind'." in line(table, 2)
        assert "escape shows all runs" in line(table, 3)


async def test_the_app_is_told_whose_turn_it_is() -> None:
    async with table_of(SIX) as (pilot, table):
        await pilot.press("j")
        table.set_entries([])
        await pilot.pause()
        assert pilot.app.moved == ["run-0", "run-1", None]  # type: ignore[attr-defined]


async def test_nothing_is_painted_where_nothing_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with table_of(SIX) as (_, table):
        regions = painted(table, monkeypatch)
        table.set_entries([replace(one) for one in SIX])
        table.refresh_ages()
        assert regions == []


async def test_only_the_characters_that_changed_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with table_of(SIX) as (_, table):
        regions = painted(table, monkeypatch)
        one = entry("run-2", age_s=60 * 2 + 100, best=0.2, epoch=3)
        table.set_entries([*SIX[:2], one, *SIX[3:]])
        right = line(table, 0).index("epoch") + len("epoch")
        assert regions == [Region(right - len("3/4"), 3, 1, 1)]


async def test_a_step_of_the_cursor_paints_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    async with table_of(MANY) as (pilot, table):
        regions = painted(table, monkeypatch)
        await pilot.press("j")
        assert {region.y for region in regions} == {1, 2}


async def test_a_narrow_window_keeps_names() -> None:
    async with table_of(SIX) as (pilot, table):
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        assert "run-0" in line(table, 1)
        await pilot.resize_terminal(160, 45)
        await pilot.pause()
        assert "smoothed" in line(table, 0)
