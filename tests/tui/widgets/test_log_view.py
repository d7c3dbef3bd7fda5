"""A log on the screen: its tail, any part of it, what is searched in it, whatever the file does meanwhile."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, Static

from slt_tui.widgets.log_view import LogPanel

HUNDRED = "".join(f"line {number}\n" for number in range(100))


class Host(App[None]):
    def __init__(self, *paths: Path) -> None:
        super().__init__()
        self.panel = LogPanel(paths)

    def compose(self) -> ComposeResult:
        yield self.panel

    def on_mount(self) -> None:
        self.panel.focus()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.log"


@asynccontextmanager
async def shown(*paths: Path) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    """The panel on 80 x 12: ten lines of the log, as one is the heading and the app has no footer."""
    host = Host(*paths)
    async with host.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        yield host, pilot


def lines_of(host: Host) -> list[str]:
    """What stands on the screen, without the bar at the edge."""
    view = host.panel.view
    return ["".join(text for text, _ in view.pieces_of(y)[:-1]).rstrip() for y in range(view.size.height)]


def head_of(host: Host) -> str:
    return str(host.panel.query_one("#log-head", Static).content)


def found_by(host: Host) -> str:
    """The line that the last search found."""
    found = host.panel.view.found
    return found.text if found else ""


async def searched(host: Host, pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await host.workers.wait_for_complete()
    await pilot.pause()


async def test_a_log_opens_at_its_end_and_follows_it(path: Path) -> None:
    path.write_text(HUNDRED)
    async with shown(path) as (host, pilot):
        assert lines_of(host)[-1] == "line 99"
        assert "following" in head_of(host)
        with path.open("a") as log:
            log.write("line 100\nhalf")
        host.panel.look()
        await pilot.pause()
        assert lines_of(host)[-2:] == ["line 100", "half"]


async def test_keys_go_anywhere_and_the_end_follows_again(path: Path) -> None:
    path.write_text(HUNDRED)
    async with shown(path) as (host, pilot):
        height = host.panel.view.size.height
        await pilot.press("k", "k")
        assert lines_of(host)[-1] == "line 97"
        await pilot.press("g")
        assert lines_of(host)[0] == "line 0"
        assert "0 %" in head_of(host)
        await pilot.press("j")
        assert lines_of(host)[0] == "line 1"
        await pilot.press("pagedown")
        assert lines_of(host)[0] == f"line {height}"
        with path.open("a") as log:
            log.write("more\n")
        host.panel.look()
        assert lines_of(host)[0] == f"line {height}"
        await pilot.press("G")
        assert lines_of(host)[-1] == "more"
        assert "following" in head_of(host)


async def test_a_short_log_begins_at_the_top(path: Path) -> None:
    path.write_text("one\r\ntwo")
    async with shown(path) as (host, _):
        assert lines_of(host)[:3] == ["one", "two", ""]


async def test_a_log_that_comes_later_is_shown_when_it_comes(path: Path) -> None:
    async with shown(path) as (host, pilot):
        assert "not there yet" in head_of(host)
        path.write_text("one\n")
        host.panel.look()
        await pilot.pause()
        assert lines_of(host)[0] == "one"


async def test_a_log_that_was_cut_or_removed_begins_anew(path: Path) -> None:
    path.write_text(HUNDRED)
    async with shown(path) as (host, pilot):
        await pilot.press("g")
        os.truncate(path, 0)
        host.panel.look()
        await pilot.pause()
        assert "empty so far" in head_of(host)
        path.write_text("anew\n")
        host.panel.look()
        assert lines_of(host)[0] == "anew"
        path.unlink()
        host.panel.look()
        await pilot.pause()
        assert "not there" in head_of(host)


async def test_a_search_from_the_end_goes_up_and_n_and_shift_n_both_ways(path: Path) -> None:
    path.write_text(HUNDRED)
    async with shown(path) as (host, pilot):
        await searched(host, pilot, "slash", *"line 3", "enter")
        assert found_by(host) == "line 39"
        assert "line 39" in lines_of(host)
        await searched(host, pilot, "N")
        assert found_by(host) == "line 38"
        await searched(host, pilot, "n", "n")
        assert found_by(host) == "line 3"  # past the end, from the start again


async def test_what_is_nowhere_is_said(path: Path) -> None:
    path.write_text(HUNDRED)
    async with shown(path) as (host, pilot):
        await searched(host, pilot, "slash", *"zzz", "enter")
        assert "zzz  is nowhere in this log" in head_of(host)
        await pilot.press("escape")
        assert "zzz" not in head_of(host)


async def test_escape_closes_the_field(path: Path) -> None:
    path.write_text(HUNDRED)
    async with shown(path) as (host, pilot):
        await pilot.press("slash", "a", "escape")
        assert not host.panel.query_one(Input).has_class("-open")
        assert host.focused is host.panel.view


async def test_a_long_line_is_cut_and_scrolled_to_what_was_found(path: Path) -> None:
    path.write_text("x" * 1_000_000 + "needle" + "y" * 50_000 + "\nshort\n")
    async with shown(path) as (host, pilot):
        assert lines_of(host)[0].endswith("…")
        await pilot.press("l")
        assert host.panel.view.left == 8
        await pilot.press("0")
        assert host.panel.view.left == 0
        await searched(host, pilot, "slash", *"needle", "enter")
        assert "needle" in lines_of(host)[0]
        assert ("needle", "match") in host.panel.view.pieces_of(0)


async def test_the_other_log_is_a_key_away(path: Path, tmp_path: Path) -> None:
    path.write_text("console\n")
    (tmp_path / "train.log").write_text("train\n")
    async with shown(path, tmp_path / "train.log") as (host, pilot):
        await pilot.press("t")
        assert lines_of(host)[0] == "train"
        await pilot.press("t")
        assert lines_of(host)[0] == "console"


async def test_the_mouse_scrolls_and_the_bar_jumps(path: Path) -> None:
    path.write_text(HUNDRED)
    async with shown(path) as (host, pilot):
        await pilot.click(host.panel.view, offset=(79, 0))
        assert lines_of(host)[0] == "line 0"


async def test_bytes_that_are_no_text_do_no_harm(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 50 + b"\n10 %\r20 %\r30 %")
    async with shown(path) as (host, _):
        assert "30 %" in lines_of(host)


async def test_nothing_is_drawn_while_nothing_changes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(HUNDRED)
    async with shown(path) as (host, pilot):
        drawn: list[object] = []
        monkeypatch.setattr(host.panel.view, "refresh", lambda *regions, **_: drawn.append(regions))
        for _ in range(3):
            host.panel.look()
            await pilot.pause()
        assert drawn == []
        with path.open("a") as log:
            log.write("line 100\n")
        host.panel.look()
        assert len(drawn) == 1
