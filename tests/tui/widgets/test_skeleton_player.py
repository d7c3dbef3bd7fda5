"""The skeleton player: its keys, its time, what it sends, when it pauses by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from slt_tui.clip_reading import ClipFrames
from slt_tui.widgets.skeleton import SkeletonPlayer, player
from slt_tui.widgets.skeleton.playback import Playback
from tests.tui.test_skeleton import clip


class Stage(App[None]):
    def __init__(self, *, plain: bool = False) -> None:
        super().__init__()
        self.plain = plain

    def compose(self) -> ComposeResult:
        yield SkeletonPlayer()


@asynccontextmanager
async def shown(
    frames: ClipFrames, *, size: tuple[int, int] = (60, 20), plain: bool = False
) -> AsyncIterator[tuple[Pilot[None], SkeletonPlayer]]:
    app = Stage(plain=plain)
    async with app.run_test(size=size) as pilot:
        widget = app.query_one(SkeletonPlayer)
        widget.show(frames)
        widget.focus()
        await pilot.pause()
        yield pilot, widget


def page(widget: SkeletonPlayer) -> str:
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


def sent(widget: SkeletonPlayer) -> int:
    """Bytes of what would be sent to the terminal for what has changed."""
    compositor = widget.screen._compositor
    compositor.update_widgets({widget})
    update = compositor.render_update()
    return len(update.render_segments(widget.app.console).encode()) if update else 0  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("keys", "frame"),
    [
        (["full_stop"], 1),
        (["right", "right", "comma"], 1),
        (["comma"], 0),
        (["left"], 0),
        (["G"], 9),
        (["end", "full_stop"], 9),
        (["G", "g"], 0),
        (["G", "home"], 0),
    ],
)
async def test_keys_step_through_the_frames(keys: list[str], frame: int) -> None:
    async with shown(clip()) as (pilot, widget):
        await pilot.press(*keys)
        assert widget.frame == frame
        assert f"{frame + 1:>2}/10" in page(widget)


async def test_space_plays_and_pauses() -> None:
    async with shown(replace(clip(200), fps=1000.0)) as (pilot, widget):
        await pilot.press("space")
        assert widget.playing
        await pilot.pause(0.2)
        assert widget.frame > 0
        await pilot.press("space")
        still = widget.frame
        await pilot.pause(0.1)
        assert (widget.playing, widget.frame) == (False, still)
        assert "paused" in page(widget)


async def test_speed_and_loop_have_keys_and_stay_from_clip_to_clip() -> None:
    async with shown(clip()) as (pilot, widget):
        await pilot.press("less_than_sign", "l")
        assert "×0.5" in page(widget)
        assert "once" in page(widget)
        widget.show(clip(5))
        assert "×0.5" in page(widget)
        await pilot.press("greater_than_sign", "greater_than_sign", "l")
        assert "×1.5" in page(widget)
        assert "loop" in page(widget)


async def test_a_clip_that_does_not_loop_stops_at_its_end_and_begins_anew() -> None:
    async with shown(clip(20)) as (pilot, widget):
        await pilot.press("l", "space")
        for _ in range(100):
            await pilot.pause(0.02)
            if not widget.playing:
                break
        assert (widget.playing, widget.frame) == (False, 19)
        await pilot.press("space")
        assert widget.playing
        assert widget.frame < 19


async def test_nothing_is_sent_while_it_is_paused() -> None:
    async with shown(clip()) as (pilot, widget):
        sent(widget)
        await pilot.pause(0.2)
        assert sent(widget) == 0


async def test_a_frame_sends_less_than_two_kilobytes_at_80_by_24() -> None:
    async with shown(clip(30), size=(48, 20)) as (_, widget):
        sent(widget)
        sizes = []
        for frame in range(1, 30):
            widget.seek(frame)
            sizes.append(sent(widget))
        assert 0 < sorted(sizes)[15] < 2000


async def test_it_pauses_when_it_is_hidden_or_covered() -> None:
    async with shown(clip(500)) as (pilot, widget):
        widget.play()
        widget.display = False
        await pilot.pause(0.15)
        assert not widget.playing
        widget.display = True
        await pilot.pause()
        widget.play()
        assert widget.playing
        await widget.app.push_screen(Screen())
        await pilot.pause(0.15)
        assert not widget.playing


async def test_it_pauses_when_the_terminal_loses_the_focus() -> None:
    async with shown(clip(500)) as (pilot, widget):
        widget.play()
        widget.app.app_focus = False
        await pilot.pause(0.15)
        assert not widget.playing


async def test_a_forgotten_player_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "UNATTENDED_S", 0.05)
    async with shown(clip(500)) as (pilot, widget):
        widget.play()
        await pilot.pause(0.25)
        assert not widget.playing


async def test_the_mouse_seeks_on_the_time_row_and_plays_on_the_figure() -> None:
    async with shown(clip(), size=(60, 20)) as (pilot, widget):
        row = 20 - 1 - 4 - 1
        await pilot.mouse_down(widget, offset=(6 + 47, row))
        await pilot.mouse_up(widget, offset=(6 + 47, row))
        assert widget.frame == 9
        await pilot.mouse_down(widget, offset=(20, 3))
        assert widget.playing


async def test_without_a_clip_it_says_why() -> None:
    async with shown(clip()) as (pilot, widget):
        widget.show(None, "its file is damaged")
        assert "its file is damaged" in page(widget)
        await pilot.press("space", "full_stop", "G", "l", "less_than_sign")
        assert not widget.playing


async def test_in_ascii_everything_is_ascii() -> None:
    async with shown(clip(), plain=True) as (pilot, widget):
        await pilot.press("space", "space", "less_than_sign")
        assert page(widget).isascii()
        assert "L" in page(widget) or "R" in page(widget)


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (20, 6), (200, 60)])
async def test_it_fits_any_size(size: tuple[int, int]) -> None:
    async with shown(clip(), size=size) as (pilot, widget):
        await pilot.press("full_stop")
        assert len(page(widget).splitlines()) == widget.size.height


# Time.


def test_late_frames_are_dropped_and_the_speed_is_kept() -> None:
    playback = Playback(frames=100, fps=25)
    playback.toggle()
    for _ in range(4):
        playback.advance(0.5)
    assert playback.frame == 50


def test_a_loop_goes_on_where_the_time_says() -> None:
    playback = Playback(frames=10, fps=10)
    playback.toggle()
    playback.advance(1.25)
    assert (playback.frame, playback.playing) == (2, True)


def test_a_clip_of_one_frame_has_nothing_to_play() -> None:
    playback = Playback(frames=1, fps=25)
    playback.toggle()
    assert not playback.playing
