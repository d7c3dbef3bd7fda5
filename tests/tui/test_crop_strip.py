"""Crops in the terminal: cells of two pixels, letters without colours, and not more than a terminal can take."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import numpy as np
import pexpect
import pytest
from PIL import Image
from rich.color import Color
from rich.style import Style
from textual.app import App, ComposeResult

from slt_tui.clip_reading.pictures import ClipPictures
from slt_tui.graphics import graphics_of
from slt_tui.widgets.crop_strip import CropStrip
from slt_tui.widgets.crop_strip.cells import coloured_rows, lettered_rows
from tests.engine.contract.planted import plant

F3 = "\x1bOR"


class Shown(App[None]):
    """An app with the strip alone."""

    def __init__(self, *, plain: bool = False) -> None:
        super().__init__()
        self.plain = plain

    def compose(self) -> ComposeResult:
        yield CropStrip()


@pytest.fixture
def pictures(tmp_path: Path) -> ClipPictures:
    """Frames that are red, green, missing, and no picture at all; one stream."""
    folder = tmp_path / "face"
    folder.mkdir()
    for frame, colour in enumerate([(248, 0, 0), (0, 248, 0)]):
        Image.new("RGB", (64, 64), colour).save(folder / f"a_f{frame:06}.jpg", quality=95)
    (folder / "a_f000003.jpg").write_bytes(b"not a picture")
    return ClipPictures("a", {"face": folder})


def text_of(strip: CropStrip) -> list[str]:
    return [strip.render_line(y).text.rstrip() for y in range(strip.size.height)]


def colours_of(strip: CropStrip, y: int) -> tuple[int, int, int]:
    style = next(iter(strip.render_line(y))).style
    assert style is not None
    assert style.color is not None
    assert style.color.triplet is not None
    return style.color.triplet.red, style.color.triplet.green, style.color.triplet.blue


async def test_a_crop_is_drawn_below_the_name_of_its_stream(pictures: ClipPictures) -> None:
    app = Shown()
    async with app.run_test(size=(60, 24)) as pilot:
        strip = app.query_one(CropStrip)
        strip.show(pictures)
        await pilot.pause(0.1)
        assert text_of(strip)[0] == "face"
        assert text_of(strip)[1:] == ["▀" * 28] * 14
        red, green, _ = colours_of(strip, 5)
        assert red > 200 > green


async def test_another_frame_is_drawn_soon_and_the_last_one_stays(pictures: ClipPictures) -> None:
    app = Shown()
    async with app.run_test(size=(60, 24)) as pilot:
        strip = app.query_one(CropStrip)
        strip.show(pictures)
        await pilot.pause(0.1)
        for frame in (3, 0, 1):
            strip.show_frame(frame)
        await pilot.pause(0.4)
        red, green, _ = colours_of(strip, 5)
        assert green > 200 > red


@pytest.mark.parametrize("frame", [2, 3])
async def test_a_frame_without_a_crop_says_so(pictures: ClipPictures, frame: int) -> None:
    app = Shown()
    async with app.run_test(size=(60, 24)) as pilot:
        strip = app.query_one(CropStrip)
        strip.show(pictures)
        strip.show_frame(frame)
        await pilot.pause(0.4)
        assert "no crop" in text_of(strip)[8]


async def test_without_crops_it_takes_no_room(pictures: ClipPictures) -> None:
    app = Shown()
    async with app.run_test(size=(60, 24)) as pilot:
        strip = app.query_one(CropStrip)
        strip.show(pictures)
        await pilot.pause(0.1)
        assert strip.display
        strip.show(ClipPictures("a", {}))
        await pilot.pause(0.1)
        assert not strip.display


async def test_a_plain_terminal_gets_letters(pictures: ClipPictures) -> None:
    app = Shown(plain=True)
    async with app.run_test(size=(60, 24)) as pilot:
        strip = app.query_one(CropStrip)
        strip.show(pictures)
        await pilot.pause(0.1)
        assert text_of(strip)[1:] == [":" * 28] * 14


def test_a_cell_holds_two_pixels_one_above_the_other() -> None:
    picture_HWC = np.zeros((2, 1, 3), np.uint8)
    picture_HWC[0], picture_HWC[1] = (240, 0, 0), (0, 0, 240)
    [[cell]] = coloured_rows(picture_HWC)
    assert cell.style is not None
    assert cell.style.color == Color.from_rgb(240, 0, 0)
    assert cell.style.bgcolor == Color.from_rgb(0, 0, 240)


def test_letters_are_the_denser_the_brighter() -> None:
    picture_HWC = np.repeat(np.array([0, 120, 255], np.uint8)[None, :, None], 2, axis=0).repeat(3, axis=2)
    [[row]] = lettered_rows(picture_HWC, Style())
    assert row.text == " =@"


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({"TERM": "xterm-256color"}, "blocks"),
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "sixel"),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux"}, "blocks"),
        ({"TERM": "xterm-kitty", "SLT_PICTURES": "blocks"}, "blocks"),
        ({"TERM": "xterm", "SLT_PICTURES": "sixel"}, "sixel"),
    ],
)
def test_the_terminals_names_tell_what_it_draws(environment: dict[str, str], kind: str) -> None:
    assert graphics_of(environment) == kind


@pytest.mark.parametrize(("kind", "sign"), [("kitty", b"\x1b_G"), ("sixel", b"\x1bP")])
def test_a_terminal_that_draws_pictures_is_sent_them(tmp_path: Path, kind: str, sign: bytes) -> None:
    plant(tmp_path / "data" / "set")
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "slt_tui", "open"],
        env={
            **os.environ,
            "SLT_PICTURES": kind,
            "SLT_ROOTS": str(tmp_path / "runs"),
            "TERM": "xterm-256color",
        },
        cwd=tmp_path,
        dimensions=(40, 120),
        timeout=20,
    )
    try:
        terminal.expect("No runs|runs")
        terminal.send(F3)
        terminal.expect("data/set")
        terminal.send("\r")
        terminal.expect(re.escape(sign))
    finally:
        terminal.close(force=True)
