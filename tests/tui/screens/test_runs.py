"""The home screen over real directories: what it shows, when, and what it asks for."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

from slt_engine.run.notes import Notes, write_notes
from slt_engine.run.status import write_exit, write_status
from slt_tui import messages
from slt_tui.app import Workbench
from slt_tui.screens.runs import RunsScreen
from slt_tui.screens.runs.filter_input import FilterInput
from slt_tui.widgets.run_table import RunDetail
from tests.support.fake_runs import ALIVE, NOBODY, exit_of, finished_run, killed_run, made, status_by


class Home(App[None]):
    """The screen, and what it asks for."""

    def __init__(self, roots: list[Path], *, plain: bool = False) -> None:
        super().__init__()
        self.roots, self.plain = roots, plain
        self.asked: list[Message] = []

    def on_mount(self) -> None:
        self.push_screen(RunsScreen())

    def post_message(self, message: Message) -> bool:
        if type(message).__module__ == messages.__name__:
            self.asked.append(message)
        return super().post_message(message)


@asynccontextmanager
async def home(
    root: Path, *, size: tuple[int, int] = (80, 24), plain: bool = False
) -> AsyncIterator[tuple[Pilot[None], RunsScreen, list[Message]]]:
    """The screen over what lies under ``root``, once that is read."""
    app = Home([root], plain=plain)
    async with app.run_test(size=size) as pilot:
        screen = app.screen
        assert isinstance(screen, RunsScreen)
        await until(pilot, lambda: bool(screen.catalogue.entries) or screen.has_class("-empty"))
        await pilot.pause()
        yield pilot, screen, app.asked


async def until(pilot: Pilot[None], condition: Callable[[], bool], *, timeout_s: float = 10.0) -> float:
    """Wait until the condition holds; for how long that was."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < timeout_s, f"waited {timeout_s} s in vain"
        await pilot.pause(0.01)
    return time.monotonic() - began


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three runs: one done, one killed an hour ago, one a day old."""
    root = tmp_path / "work_dirs"
    finished_run(root / "done", age_s=60)
    killed_run(root / "killed")
    finished_run(root / "sweep" / "old", age_s=86_400)
    return root


def heading(screen: RunsScreen) -> str:
    return str(screen.query_one("#heading", Static).content)


def detail(screen: RunsScreen) -> list[str]:
    widget = screen.query_one(RunDetail)
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def labels(screen: RunsScreen) -> list[str]:
    return [entry.label for entry in screen.table.runs.shown]


async def test_the_latest_run_is_on_top_and_told_of(root: Path) -> None:
    async with home(root) as (pilot, screen, _):
        assert labels(screen) == ["done", "killed", "sweep/old"]
        assert "3 runs · 1 failed · 2 finished" in heading(screen)
        await pilot.press("j")
        await pilot.pause()
        assert detail(screen)[0] == "killed  ✘ failed  killed by SIGKILL"


async def test_where_there_are_no_runs_it_says_what_to_do(tmp_path: Path) -> None:
    async with home(tmp_path / "work_dirs", size=(200, 24)) as (pilot, screen, asked):
        words = str(screen.query_one("#welcome Static", Static).content)
        assert "No runs in" in words
        assert "slt demo" in words
        await pilot.press("x", "c", "slash", "n")
        assert [type(message) for message in asked] == [messages.NewRunAsked]
        finished_run(tmp_path / "work_dirs" / "first")
        await until(pilot, lambda: not screen.has_class("-empty"), timeout_s=5)
        assert screen.focused is screen.table


async def test_a_new_run_appears_by_itself(root: Path) -> None:
    async with home(root) as (pilot, screen, _):
        made(root / "new").lock.touch()
        await until(pilot, lambda: "new" in labels(screen), timeout_s=5)


async def test_a_run_that_dies_is_shown_dead(root: Path) -> None:
    run = made(root / "alive")
    write_status(run, status_by(ALIVE))
    write_exit(run, exit_of(ALIVE, ALIVE))
    async with home(root) as (pilot, screen, _):
        assert "1 at work" in heading(screen)
        write_exit(run, exit_of(ALIVE, ALIVE, ended=time.time(), signal="SIGKILL"))
        await until(pilot, lambda: "2 failed" in heading(screen), timeout_s=5)
        assert "killed by SIGKILL" in detail(screen)[0]


async def test_runs_that_vanish_leave_the_screen(root: Path) -> None:
    async with home(root) as (pilot, screen, _):
        await pilot.press("v")
        shutil.rmtree(root / "killed")
        await until(pilot, lambda: labels(screen) == ["done", "sweep/old"], timeout_s=5)
        assert len(screen.table.runs.marked) == 2
        shutil.rmtree(root)
        await until(pilot, lambda: screen.has_class("-empty"), timeout_s=5)


async def test_a_damaged_run_is_shown_as_what_is_left_of_it(root: Path) -> None:
    (root / "done" / "status.json").write_text("{")
    (root / "done" / "metrics.jsonl").write_bytes(b"\xff\n")
    async with home(root) as (_, screen, _asked):
        assert "done" in labels(screen)


async def test_names_and_messages_cannot_write_to_the_terminal(root: Path) -> None:
    run = finished_run(root / os.fsdecode(b"a\x1b[2J\n\xff"))
    message = "\x1b]0;title\x07 and\nmore"
    write_status(run, status_by(NOBODY, state="failed", message=message))
    async with home(root, size=(160, 45)) as (pilot, screen, _):
        await pilot.press("slash", *"state:failed a", "enter", "y")
        told = "".join([*(screen.table.render_line(y).text for y in range(9)), *detail(screen)])
        assert told.isprintable()
        assert "a?[2J??" in told


async def test_the_log_of_the_run_under_the_cursor_is_told(root: Path) -> None:
    (root / "done" / "logs" / "train.log").write_text("epoch 4  loss 0.1\n")
    async with home(root) as (pilot, screen, _):
        await until(pilot, lambda: "log       epoch 4  loss 0.1" in "\n".join(detail(screen)))


@pytest.mark.parametrize(
    ("keys", "kind", "paths"),
    [
        ("enter", messages.RunOpened, "done"),
        ("c", messages.CompareAsked, ["done"]),
        ("space c", messages.CompareAsked, ["done", "killed"]),
        ("space space G c", messages.CompareAsked, ["done", "killed"]),
        ("x", messages.StopAsked, ["done"]),
        ("v x", messages.StopAsked, ["done", "killed", "sweep/old"]),
        ("j K", messages.KillAsked, ["killed"]),
        ("j D", messages.RemoveAsked, ["killed"]),
        ("t", messages.TagAsked, ["done"]),
        ("j r", messages.ResumeAsked, "killed"),
        ("v r", messages.ResumeAsked, "done"),
    ],
)
async def test_keys_ask_for_what_is_to_be_done(
    root: Path, keys: str, kind: type[Message], paths: str | list[str]
) -> None:
    async with home(root) as (pilot, _, asked):
        await pilot.press(*keys.split())
        await pilot.pause()
        (message,) = asked
        assert type(message) is kind
        if isinstance(paths, str):
            assert message.path == root / paths  # type: ignore[attr-defined]
        else:
            assert message.paths == [root / path for path in paths]  # type: ignore[attr-defined]


async def test_a_new_run_is_asked_for_from_nothing_or_from_a_run(root: Path) -> None:
    async with home(root) as (pilot, _, asked):
        await pilot.press("n", "j", "C")
        await pilot.pause()
        origins = [message.origin for message in asked]  # type: ignore[attr-defined]
        assert origins == [messages.Origin(), messages.Origin(run=root / "killed")]


async def test_a_path_is_copied(root: Path) -> None:
    async with home(root) as (pilot, _, _asked):
        await pilot.press("y")
        assert pilot.app.clipboard == str(root / "done")


async def test_a_double_click_opens(root: Path) -> None:
    async with home(root) as (pilot, _, asked):
        await pilot.click("#runs", offset=(20, 2), times=2)
        await pilot.pause()
        assert [message.path for message in asked] == [root / "killed"]  # type: ignore[attr-defined]


async def test_the_filter_narrows_with_every_key_and_escape_takes_it_back(root: Path) -> None:
    write_notes(root_run := finished_run(root / "tagged"), Notes(("paper",)))
    async with home(root) as (pilot, screen, _):
        await pilot.press("slash", *"tag:pap")
        assert isinstance(screen.focused, FilterInput)
        assert labels(screen) == [root_run.name]
        assert "1 of 4 runs" in heading(screen)
        await pilot.press("enter")
        assert screen.focused is screen.table
        assert labels(screen) == ["tagged"]
        await pilot.press("escape")
        assert len(labels(screen)) == 4
        assert not screen.has_class("-filtering")


async def test_who_filters_moves_in_the_list_too(root: Path) -> None:
    async with home(root) as (pilot, screen, _):
        await pilot.press("slash", "e", "down", "down", "up")
        assert screen.table.runs.row == 1
        await pilot.press("escape")
        assert screen.focused is screen.table


async def test_an_empty_filter_goes_when_it_is_kept(root: Path) -> None:
    async with home(root) as (pilot, screen, _):
        await pilot.press("slash", "enter")
        assert not screen.has_class("-filtering")


async def test_escape_takes_the_marks_off_and_the_first_screen_stays(root: Path) -> None:
    async with home(root) as (pilot, screen, _):
        await pilot.press("v")
        assert "3 marked" in heading(screen)
        await pilot.press("escape", "escape")
        assert screen.table.runs.marked == set()
        assert pilot.app.screen is screen


async def test_marks_that_the_filter_hides_are_told(root: Path) -> None:
    async with home(root) as (pilot, screen, _):
        await pilot.press("v", "slash", *"killed", "enter")
        assert "3 marked, 2 not shown" in heading(screen)


async def test_what_is_sorted_by_is_told(root: Path) -> None:
    async with home(root) as (pilot, screen, _):
        await pilot.press("less_than_sign", "o")
        assert "by tags, turned" in heading(screen)


async def test_a_low_window_has_fewer_lines_for_the_detail(root: Path) -> None:
    async with home(root, size=(80, 18)) as (pilot, screen, _):
        assert screen.query_one(RunDetail).size.height == 4
        await pilot.resize_terminal(80, 12)
        await pilot.pause()
        assert not screen.query_one(RunDetail).display
        await pilot.resize_terminal(160, 45)
        await pilot.pause()
        assert str(root) in heading(screen)


async def test_in_plain_mode_everything_is_ascii(root: Path) -> None:
    async with home(root, plain=True) as (pilot, screen, _):
        await pilot.press("space")
        lines = [screen.table.render_line(y).text for y in range(10)]
        assert "".join([*lines, *detail(screen), heading(screen)]).isascii()
        assert "* finished" in lines[1]


async def test_another_screen_above_stops_the_polling(root: Path) -> None:
    from textual.screen import Screen

    async with home(root) as (pilot, screen, _):
        assert screen._watch is not None
        await pilot.app.push_screen(Screen())
        assert screen._watch.is_paused
        finished_run(root / "meanwhile")
        pilot.app.pop_screen()
        await until(pilot, lambda: "meanwhile" in labels(screen), timeout_s=5)


async def test_leaving_ends_the_watch(root: Path) -> None:
    async with home(root) as (_, screen, _asked):
        watch = screen._watch
    assert watch is not None
    watch.join(timeout=5)
    assert not watch.is_alive()


async def test_in_the_workbench_tags_are_asked_for_and_shown(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(root.parent / "config"))
    app = Workbench([root])
    async with app.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RunsScreen) and bool(labels(app.screen)))
        home = app.screen
        assert isinstance(home, RunsScreen)
        await pilot.press("t", *"paper", "enter")
        await until(pilot, lambda: "paper" in home.table.render_line(1).text)
        assert app.screen is home
