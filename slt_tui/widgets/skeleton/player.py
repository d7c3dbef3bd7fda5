"""SkeletonPlayer: shows a clip's frames in the clip's own time, and sends only the cells that change."""

from __future__ import annotations

import os
from collections.abc import Sequence
from time import monotonic
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer

from slt_tui.clip_reading import ClipFrames
from slt_tui.clip_reading.bones import PARTS
from slt_tui.keymap import Keyed
from slt_tui.screens.base import is_plain
from slt_tui.skeleton import ClipView, Run
from slt_tui.widgets.painted import Painted, Piece
from slt_tui.widgets.skeleton.playback import Playback

MOST_FRAMES_PER_S = 30.0
MOST_OVER_SSH = 15.0
UNATTENDED_S = 180.0
"""Nobody having touched the player for so long, it pauses: a forgotten terminal sends nothing."""


class SkeletonPlayer(Keyed, Painted, can_focus=True):
    """A clip's skeleton; it pauses by itself when it is hidden, covered, or its terminal loses the focus."""

    SCOPE = "player"
    PREFIX = "skeleton"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"skeleton--{look}" for look in (*PARTS, "muted", "bright")}
    DEFAULT_CSS = """
    SkeletonPlayer {
        height: 1fr;
        width: 1fr;
        min-height: 4;
    }
    SkeletonPlayer > .skeleton--body { color: $foreground 60%; }
    SkeletonPlayer > .skeleton--face { color: $foreground; }
    SkeletonPlayer > .skeleton--hand_l { color: $primary; }
    SkeletonPlayer > .skeleton--hand_r { color: $accent; }
    SkeletonPlayer > .skeleton--muted { color: $foreground 50%; }
    SkeletonPlayer > .skeleton--bright { color: $primary; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "toggle_playing", "Play"),
        Binding("comma,left", "step(-1)", "Frame back", show=False),
        Binding("full_stop,right", "step(1)", "Frame on", show=False),
        Binding("less_than_sign", "change_speed(-1)", "Slower", show=False),
        Binding("greater_than_sign", "change_speed(1)", "Faster", show=False),
        Binding("g,home", "seek_first", "First frame", show=False),
        Binding("G,end", "seek_last", "Last frame", show=False),
        Binding("l", "toggle_loop", "Loop", show=False),
    ]

    class PlayingChanged(Message):
        """The player began to play, or paused."""

        def __init__(self, player: SkeletonPlayer, playing: bool) -> None:
            super().__init__()
            self.player = player
            self.playing = playing

        @property
        def control(self) -> SkeletonPlayer:
            return self.player

    class FrameShown(Message):
        """Another frame is the one to be seen."""

        def __init__(self, player: SkeletonPlayer, frame: int) -> None:
            super().__init__()
            self.player = player
            self.frame = frame

        @property
        def control(self) -> SkeletonPlayer:
            return self.player

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        self._clip: ClipFrames | None = None
        self._words = ""
        self._playback = Playback(0, 25.0)
        self._view: ClipView | None = None
        self._rows: list[list[Run]] = []
        self._timer: Timer | None = None
        self._moment = self._touched = 0.0
        super().__init__(id=id, classes=classes)

    @property
    def clip(self) -> ClipFrames | None:
        return self._clip

    @property
    def playing(self) -> bool:
        return self._playback.playing

    @property
    def frame(self) -> int:
        return self._playback.frame

    def show(self, clip: ClipFrames | None, words: str = "no clip") -> None:
        """Show a clip from its first frame on, paused; without one, ``words`` on why there is none."""
        self.pause()
        before = self._playback
        self._clip, self._words = clip, words
        self._playback = Playback(clip.frames if clip else 0, clip.fps if clip else 25.0)
        self._playback.speed, self._playback.looping = before.speed, before.looping
        self._lay_out()

    def play(self) -> None:
        """Begin to play, or go on."""
        if not self.playing:
            self.action_toggle_playing()

    def pause(self) -> None:
        """Stay at this frame."""
        if self.playing:
            self.action_toggle_playing()

    def action_toggle_playing(self) -> None:
        self._playback.toggle()
        self._keep_time()
        self.post_message(self.PlayingChanged(self, self.playing))

    def action_step(self, frames: int) -> None:
        self._playback.step(frames)
        self._keep_time()

    def action_change_speed(self, places: int) -> None:
        self._playback.change_speed(places)
        self._keep_time()

    def action_seek_first(self) -> None:
        self.seek(0)

    def action_seek_last(self) -> None:
        self.seek(self._playback.frames - 1)

    def action_toggle_loop(self) -> None:
        self._playback.looping = not self._playback.looping
        self._keep_time()

    def seek(self, frame: int) -> None:
        """Go to a frame, playing or not."""
        self._playback.seek(frame)
        self._keep_time()

    def _keep_time(self) -> None:
        """After something that a person did: the clock runs while it plays, at the rate that it needs."""
        self._moment = self._touched = monotonic()
        if self._timer:
            self._timer.stop()
            self._timer = None
        if self.playing:
            most = MOST_OVER_SSH if "SSH_CONNECTION" in os.environ else MOST_FRAMES_PER_S
            rate = min(self._playback.fps * self._playback.speed, most)
            self._timer = self.set_interval(1 / rate, self._tick)
        self._show_frame()

    def _tick(self) -> None:
        now = monotonic()
        if not self._is_watched() or now - self._touched > UNATTENDED_S:
            self.pause()
            return
        self._playback.advance(now - self._moment)
        self._moment = now
        if self.playing:
            self._show_frame()
        else:  # it came to its end
            self._keep_time()
            self.post_message(self.PlayingChanged(self, False))

    def _is_watched(self) -> bool:
        return self.app.app_focus and self.app.screen is self.screen and self.is_on_screen

    def _lay_out(self) -> None:
        """Everything anew: another clip, another size."""
        self._view, self._rows = None, []
        width, height = self.size
        if self._clip and self._clip.frames and width and height:
            self._view = ClipView(
                self._clip,
                width=width,
                height=height,
                plain=is_plain(self),
                lettered=self.app.no_color or is_plain(self),
            )
            self._rows = self._frame_rows(self._view)
        if self.is_mounted:
            self.refresh()

    def _show_frame(self) -> None:
        """Draw the frame, and have the terminal sent what differs from the one before."""
        if self._view is None:
            return
        self._rows = self._frame_rows(self._view)
        self.repaint()
        self.post_message(self.FrameShown(self, self.frame))

    def _frame_rows(self, view: ClipView) -> list[list[Run]]:
        return view.rows(self.frame, self._playback.status(plain=is_plain(self)))

    def pieces_of(self, y: int) -> Sequence[Piece]:
        if self._view is None:
            return [(self._words.center(self.size.width), "muted")] if y == self.size.height // 2 else []
        return self._rows[y] if y < len(self._rows) else []

    def on_resize(self) -> None:
        self._lay_out()

    def on_hide(self) -> None:
        self.pause()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._seek_at(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if event.button:
            self._seek_at(event)

    def _seek_at(self, event: events.MouseEvent) -> None:
        """On the figure the mouse plays and pauses; from the time row down it goes where it points."""
        if self._view and self._view.time_row is not None and event.y >= self._view.time_row:
            self.seek(self._view.frame_at(event.x))
        elif isinstance(event, events.MouseDown):
            self.action_toggle_playing()
