"""The extract screen: what is asked, progress that survives leaving it, what came of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from slt_tui.app import Workbench
from slt_tui.screens.data import DataScreen
from slt_tui.screens.extract import ExtractScreen
from tests.engine.extract.videos import SIGNER, read_frames, shared, write_video


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Pilot[None], Workbench]]:
    """The screen, reached by its keys."""
    app = Workbench([])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f3", "e")
        await until(pilot, lambda: isinstance(app.screen, ExtractScreen))
        yield pilot, app
        if app.extraction:
            app.extraction.stop()


async def until(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    for _ in range(1500):
        await pilot.pause(0.02)
        if is_so():
            return
    raise AssertionError("it never came to that")


def fill(app: Workbench, **fields: str) -> None:
    for name, value in fields.items():
        app.screen.query_one(f"#{name}", Input).value = value


def state(app: Workbench) -> str:
    return str(app.screen.query_one("#state", Static).content)


def report(app: Workbench) -> str:
    return str(app.screen.query_one("#report Static", Static).content)


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    """A clip of a signer and a text that is called one."""
    folder = tmp_path / "videos"
    folder.mkdir()
    write_video(folder / "signer.mp4", read_frames(shared(SIGNER))[26:34])
    (folder / "text.mp4").write_text("no video")
    return folder


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "name a directory"),
        ({"videos": "/nowhere/at/all"}, "/nowhere/at/all is not there"),
        ({"videos": "/tmp", "fps": "0"}, 'frames/s: "0"'),
        ({"videos": "/tmp", "fps": "fast"}, 'frames/s: "fast"'),
        ({"videos": "/tmp", "workers": "0"}, 'processes: "0"'),
        ({"videos": "/tmp", "blur": "perhaps"}, "neither yes nor no"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_begins(fields: dict[str, str], says: str) -> None:
    async with opened() as (pilot, app):
        fill(app, **fields)
        await pilot.press("enter")
        await pilot.pause()
        assert says in state(app)
        assert app.extraction is None


async def test_it_goes_on_while_another_screen_is_shown_and_tells_what_was_passed_over(videos: Path) -> None:
    async with opened() as (pilot, app):
        fill(app, videos=str(videos), fps="12.5")
        await pilot.press("enter")
        await until(pilot, lambda: app.extraction is not None)
        assert app.command_lines == [f"slt data extract --fps 12.5 {videos} {videos.parent}/processed"]
        await pilot.press("escape")
        assert isinstance(app.screen, DataScreen)
        await pilot.press("e")
        await until(pilot, lambda: "done" in state(app))
        assert "1 clips extracted: 4 frames" in state(app)
        assert "1 passed over" in state(app)
        assert "is no video" in report(app)
        assert "hand_l  0 found, 0 by the pose, 0 by the box before, 4 black" in report(app)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))


async def test_it_is_stopped_on_request_and_gone_on_with(videos: Path) -> None:
    async with opened() as (pilot, app):
        fill(app, videos=str(videos))
        await pilot.press("enter")
        await until(pilot, lambda: app.extraction is not None and app.extraction.progress() is not None)
        assert app.extraction
        assert os.getsid(app.extraction._process.pid) != os.getsid(0)  # so that it outlives the app
        await pilot.press("x")
        await until(pilot, lambda: "interrupted" in state(app))
        await pilot.press("n")
        fill(app, videos=str(videos))
        await pilot.press("enter")
        await until(pilot, lambda: "done" in state(app))
        assert "--resume" in app.command_lines[-1]
