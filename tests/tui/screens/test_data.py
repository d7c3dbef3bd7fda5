"""The data screen over real files: every key, what is wrong with a clip, and no data set at all."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, Input, OptionList, Static

from slt_tui.clip_reading.selection import ClipSelection
from slt_tui.screens.base import WorkbenchScreen
from slt_tui.screens.data import DataScreen
from slt_tui.screens.data.screen import _fault_of
from slt_tui.widgets.clip_list import ClipList
from slt_tui.widgets.skeleton import SkeletonPlayer
from tests.support.clip_sets import TEXTS, clip_set, config_of, write_rows


class Home(App[None]):
    """An app with the screen on top of another."""

    def __init__(self, source: Path | None, clip_id: str | None = None, *, plain: bool = False) -> None:
        super().__init__()
        self.roots: list[Path] = []
        self.plain = plain
        self._given = source, clip_id

    def on_mount(self) -> None:
        self.push_screen(Below())
        self.push_screen(DataScreen(*self._given))


class Below(WorkbenchScreen):
    """What lies below."""

    def compose_body(self) -> list[Static]:  # type: ignore[override]
        return [Static("below")]


@asynccontextmanager
async def opened(
    source: Path | None, clip_id: str | None = None, *, size: tuple[int, int] = (80, 24), plain: bool = False
) -> AsyncIterator[tuple[Pilot[None], DataScreen]]:
    app = Home(source, clip_id, plain=plain)
    async with app.run_test(size=size) as pilot:
        screen = app.screen
        assert isinstance(screen, DataScreen)
        await settle(pilot)
        yield pilot, screen


async def settle(pilot: Pilot[None]) -> None:
    """Until the clip under the cursor is open and all are counted."""
    for _ in range(500):
        await pilot.pause(0.02)
        if not (isinstance(pilot.app.screen, DataScreen) and pilot.app.screen.is_busy):
            return
    raise AssertionError("it never came to rest")


def selection_of(screen: DataScreen) -> ClipSelection:
    selection = screen.query_one(ClipList).selection
    assert selection is not None
    return selection


def current(screen: DataScreen) -> str:
    row = selection_of(screen).current
    return row.clip_id if row else ""


def details(screen: DataScreen) -> str:
    return str(screen.query_one("#details", Static).content)


def lines(screen: DataScreen) -> list[str]:
    listed = screen.query_one(ClipList)
    return [listed.render_line(y).text.rstrip() for y in range(listed.size.height)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return clip_set(tmp_path / "set")


async def test_clips_are_listed_with_their_lengths_and_texts(root: Path) -> None:
    async with opened(root) as (_, screen):
        assert [line.split() for line in lines(screen)[1:4]] == [
            ["▸", "a1", "12", "mañana", "llueve"],
            ["b2", "30", "hoy", "hace", "sol"],
            ["c3", "7", "buenas", "noches"],
        ]
        assert (
            str(screen.query_one("#set", Static).content) == "train 3 · val 1 · 2 without gloss · 69 frames"
        )


async def test_the_clip_under_the_cursor_is_shown_with_text_gloss_and_streams(root: Path) -> None:
    async with opened(root) as (pilot, screen):
        assert details(screen).splitlines() == [
            "text  mañana llueve",
            "gloss MAÑANA LLUEVE",
            "clip  train · 12 frames · keypoints mska_79 · pose · crops face in 11 of 12",
        ]
        await pilot.press("j")
        await settle(pilot)
        shown = screen.query_one(SkeletonPlayer).clip
        assert shown is not None
        assert shown.clip_id == "b2"
        assert "hoy hace sol" in details(screen)


@pytest.mark.parametrize(
    ("keys", "clip_id"),
    [
        (["j"], "b2"),
        (["down", "j", "k"], "b2"),
        (["up"], "a1"),
        (["G"], "-d4"),
        (["end", "home"], "a1"),
        (["G", "g"], "a1"),
        (["pagedown"], "-d4"),
        (["pagedown", "pageup"], "a1"),
        (["N"], "-d4"),
        (["n", "n"], "c3"),
        (["s"], "a1"),  # by id: the cursor stays on its clip
        (["s", "g"], "-d4"),
        (["s", "s", "g"], "c3"),
        (["s", "s", "s", "g"], "c3"),
        (["s", "S", "g"], "c3"),
        (["s", "s", "s", "s", "g"], "a1"),
        (["right_square_bracket"], "a1"),
        (["left_square_bracket"], "-d4"),
        (["right_square_bracket", "right_square_bracket"], "-d4"),
        (["slash", *"sol", "enter"], "b2"),
        (["slash", *"o", "enter", "n", "n", "n"], "b2"),
    ],
)
async def test_keys_move_sort_and_sift(root: Path, keys: list[str], clip_id: str) -> None:
    async with opened(root) as (pilot, screen):
        await pilot.press(*keys)
        assert current(screen) == clip_id


async def test_escape_shows_all_clips_again_and_then_goes_back(root: Path) -> None:
    async with opened(root) as (pilot, screen):
        await pilot.press("slash", *"sol", "enter")
        assert len(selection_of(screen).shown) == 1
        await pilot.press("escape")
        assert len(selection_of(screen).shown) == 4
        assert not screen.query_one("#filter", Input).display
        assert pilot.app.focused is screen.query_one(ClipList)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, Below)


async def test_words_that_no_clip_has_leave_an_empty_list(root: Path) -> None:
    async with opened(root) as (pilot, screen):
        await pilot.press("slash", *"zzz", "enter")
        await settle(pilot)
        assert any("No clip fits" in line for line in lines(screen))
        assert screen.query_one(SkeletonPlayer).clip is None
        await pilot.press("enter", "j", "y", "n", "G", "space", "full_stop")


@pytest.mark.parametrize("key", ["enter", "space"])
async def test_a_key_plays_and_pauses_from_the_list(root: Path, key: str) -> None:
    async with opened(root) as (pilot, screen):
        await pilot.press(key)
        assert screen.query_one(SkeletonPlayer).playing
        await pilot.press(key)
        assert not screen.query_one(SkeletonPlayer).playing


async def test_playing_goes_on_with_the_next_clip(root: Path) -> None:
    async with opened(root) as (pilot, screen):
        await pilot.press("enter", "j")
        await settle(pilot)
        player = screen.query_one(SkeletonPlayer)
        assert player.playing
        assert player.clip is not None
        assert player.clip.clip_id == "b2"


async def test_frames_and_speed_have_keys_in_the_list_too(root: Path) -> None:
    async with opened(root) as (pilot, screen):
        player = screen.query_one(SkeletonPlayer)
        await pilot.press("full_stop", "full_stop", "comma")
        assert player.frame == 1
        await pilot.press("greater_than_sign", "l")
        assert "×1.5  once" in player.render_line(player.size.height - 1).text
        await pilot.press("less_than_sign", "l")
        assert "fps  loop" in player.render_line(player.size.height - 1).text


async def test_the_id_can_be_copied(root: Path) -> None:
    async with opened(root) as (pilot, _):
        await pilot.press("G", "y")
        assert pilot.app.clipboard == "-d4"


async def test_a_text_is_shown_as_it_is_written(root: Path) -> None:
    async with opened(root, "-d4") as (_, screen):
        assert current(screen) == "-d4"
        assert "otra vez [red]" in details(screen)


async def test_a_damaged_clip_says_so_and_the_others_go_on(root: Path) -> None:
    for stream in ("keypoints", "pose"):
        (root / f"processed/{stream}/b2.npz").write_bytes(b"nonsense")
    async with opened(root) as (pilot, screen):
        assert lines(screen)[2].startswith(" !b2")
        assert "1 with a problem" in str(screen.query_one("#set", Static).content)
        await pilot.press("j")
        await settle(pilot)
        assert details(screen).startswith("! ")
        assert "b2.npz: cannot be read" in details(screen)
        await pilot.press("space", "j")
        await settle(pilot)
        assert screen.query_one(SkeletonPlayer).clip is not None


async def test_a_set_that_vanishes_meanwhile_is_told_and_no_crash(root: Path) -> None:
    import shutil

    async with opened(root) as (pilot, screen):
        shutil.rmtree(root)
        await pilot.press("j")
        await settle(pilot)
        assert "cannot be read" in details(screen)


async def test_a_broken_table_is_told_above_the_list(root: Path) -> None:
    (root / "gloss.csv").write_text("nonsense\n")
    async with opened(root) as (_, screen):
        assert "gloss.csv: has no column" in str(screen.query_one("#set", Static).content)
        assert len(selection_of(screen).shown) == 4


async def test_a_run_opens_the_clips_that_it_was_trained_on(root: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "config.json").write_text(json.dumps(config_of(root, frame_stride=2)))
    async with opened(run, "c3") as (_, screen):
        assert current(screen) == "c3"
        assert "7 frames, 1 in 2 is read" in details(screen)


async def test_what_holds_no_data_set_is_one_line_and_what_to_do(tmp_path: Path) -> None:
    async with opened(tmp_path / "nowhere") as (pilot, screen):
        assert screen.query_one(ContentSwitcher).current == "fault"
        words = str(screen.query_one("#fault", Static).content)
        assert "does not exist; name a run" in words
        assert "d opens another" in words
        await pilot.press("j", "space", "slash", "y", "n", "s")
        assert screen.query_one(ContentSwitcher).current == "fault"


async def test_another_data_set_is_opened_by_its_path(root: Path, tmp_path: Path) -> None:
    other = clip_set(tmp_path / "other")
    write_rows(other / "index" / "train.csv", "video_id", ["c3"])
    async with opened(root) as (pilot, screen):
        await pilot.press("d")
        pilot.app.screen.query_one(Input).value = str(tmp_path / "nothing")
        await pilot.press("enter")
        assert pilot.app.screen is not screen  # it stays to be mended
        pilot.app.screen.query_one(Input).value = str(other)
        await pilot.press("enter")
        await settle(pilot)
        assert pilot.app.screen is screen
        assert current(screen) == "c3"


async def test_without_a_source_it_offers_what_there_is(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    root.rename(tmp_path / "data" / "mine")
    monkeypatch.chdir(tmp_path)
    async with opened(None) as (pilot, screen):
        assert screen.query_one(OptionList).option_count == 1
        await pilot.press("enter")
        await settle(pilot)
        assert current(screen) == "a1"


async def test_where_there_is_no_data_set_it_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(None) as (_, screen):
        assert "slt data demo data/demo" in str(screen.query_one("#choice", Static).content)


async def test_in_ascii_everything_is_ascii_but_the_texts(root: Path) -> None:
    write_rows(root / "meta.csv", "video_id;texto", [f"{clip};words" for clip in TEXTS])
    (root / "gloss.csv").unlink()
    async with opened(root, plain=True) as (pilot, screen):
        await pilot.press("s", "S")
        await settle(pilot)
        assert all(line.isascii() for line in lines(screen))
        assert details(screen).isascii()
        assert str(screen.query_one("#set", Static).content).isascii()


@pytest.mark.parametrize("size", [(50, 24), (80, 24), (160, 45)])
async def test_list_and_player_fit_any_window(root: Path, size: tuple[int, int]) -> None:
    async with opened(root, size=size) as (_, screen):
        for widget in (screen.query_one(ClipList), screen.query_one(SkeletonPlayer)):
            assert widget.region.right <= size[0]
            assert widget.region.bottom <= size[1]
            assert widget.size.height >= 4


async def test_ten_thousand_clips_are_listed_and_sifted_at_once(tmp_path: Path) -> None:
    root = clip_set(tmp_path / "set")
    many = [f"clip_{number:05}" for number in range(10_000)]
    write_rows(root / "index" / "train.csv", "video_id", many)
    write_rows(root / "meta.csv", "video_id;texto", [f"{clip};text {clip[-3:]}" for clip in many])
    async with opened(root) as (pilot, screen):
        await pilot.press("G", "k")
        assert current(screen) == "clip_09999"  # -d4 of val is the last
        await pilot.press("slash", *"text 0123", "enter")
        assert [row.clip_id for row in selection_of(screen).shown][:2] == ["clip_00123", "clip_01230"]


def test_a_path_too_long_for_a_file_is_a_fault_to_be_told() -> None:
    assert "File name too long; name a run" in _fault_of(Path("a" * 5000))
