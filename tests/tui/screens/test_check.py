"""The check screen over a data set with planted faults: progress, kinds, and what to do."""

from __future__ import annotations

from pathlib import Path

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from slt_tui.clip_reading import ClipSources
from slt_tui.screens.base import WorkbenchScreen
from slt_tui.screens.check import CheckScreen
from slt_tui.widgets.row_list import LineList, RowList
from tests.engine.contract.planted import crop_path, plant, write_index


class Below(WorkbenchScreen):
    """What lies below."""

    def compose_body(self) -> list[Static]:  # type: ignore[override]
        return [Static("below")]


class Home(App[None]):
    """An app with the screen on top of another."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def on_mount(self) -> None:
        self.push_screen(Below())
        self.push_screen(CheckScreen(ClipSources.of(self._root)))


async def settled(pilot: Pilot[None]) -> CheckScreen:
    screen = pilot.app.screen
    assert isinstance(screen, CheckScreen)
    for _ in range(500):
        await pilot.pause(0.02)
        if not screen.is_busy:
            await pilot.pause()
            return screen
    raise AssertionError("it never ended")


def text_of(screen: CheckScreen) -> str:
    return "\n".join(
        "".join(text for text, _ in line) for line in screen.query_one("#problems", LineList).lines
    )


def summary_of(screen: CheckScreen) -> str:
    return str(screen.query_one("#progress", Static).content)


def faulty(root: Path) -> Path:
    plant(root)
    write_index(root, "val", "-c3", "a1")
    crop_path(root, "b2", 5).unlink()
    return root


async def test_kinds_come_errors_first_and_show_what_to_do(tmp_path: Path) -> None:
    async with Home(faulty(tmp_path / "set")).run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        assert summary_of(screen) == "4 clips read, 12 crops decoded: 1 error, 1 warning"
        assert [row.key for row in screen.query_one(RowList).rows] == ["leak", "crop-gap"]
        assert "keep it in one split" in text_of(screen)
        await pilot.press("j")
        assert "the first is 5" in text_of(screen)


async def test_a_deep_look_decodes_what_the_first_one_passed_over(tmp_path: Path) -> None:
    root = plant(tmp_path / "set")
    crop_path(root, "b2", 3).write_bytes(b"x" * 100)
    async with Home(root).run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        assert summary_of(screen).endswith("nothing to mend")
        await pilot.press("d")
        await settled(pilot)
        assert [row.key for row in screen.query_one(RowList).rows] == ["crop-broken"]


async def test_what_was_mended_is_gone_when_it_is_checked_again(tmp_path: Path) -> None:
    root = faulty(tmp_path / "set")
    async with Home(root).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        write_index(root, "val", "-c3")
        await pilot.press("c")
        screen = await settled(pilot)
        assert [row.key for row in screen.query_one(RowList).rows] == ["crop-gap"]


async def test_leaving_ends_the_looking(tmp_path: Path) -> None:
    async with Home(faulty(tmp_path / "set")).run_test(size=(80, 24)) as pilot:
        await pilot.press("escape")
        await pilot.pause(0.3)
        assert isinstance(pilot.app.screen, Below)
