"""Playback: which frame of a clip is shown when. It takes the time as given and knows no clock."""

from __future__ import annotations

SPEEDS = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0)


class Playback:
    """The playhead of a clip of ``frames``; late frames are dropped, so that the speed is kept."""

    def __init__(self, frames: int, fps: float) -> None:
        self.frames, self.fps = frames, fps
        self.speed = 1.0
        self.looping = True
        self.playing = False
        self._position = 0.0

    @property
    def frame(self) -> int:
        return min(int(self._position), max(0, self.frames - 1))

    def toggle(self) -> None:
        """Play or pause; at the end, playing begins anew."""
        self.playing = not self.playing and self.frames > 1
        if self.playing and self.frame == self.frames - 1:
            self._position = 0.0

    def advance(self, seconds: float) -> None:
        """Go on as far as is due after ``seconds``."""
        if not self.playing:
            return
        self._position += seconds * self.fps * self.speed
        if self._position < self.frames:
            return
        if self.looping:
            self._position %= self.frames
        else:
            self.seek(self.frames - 1)
            self.playing = False

    def seek(self, frame: int) -> None:
        """Go to a frame, or to the nearest there is."""
        self._position = float(min(max(0, frame), max(0, self.frames - 1)))

    def step(self, frames: int) -> None:
        """Pause, some frames on or back."""
        self.playing = False
        self.seek(self.frame + frames)

    def change_speed(self, places: int) -> None:
        """The next faster or slower speed there is."""
        at = SPEEDS.index(self.speed) + places
        self.speed = SPEEDS[min(max(0, at), len(SPEEDS) - 1)]

    def status(self, *, plain: bool) -> str:
        """Where it stands, in one line; what changes least stands last."""
        glyph = {True: (">", "||"), False: ("▶", "▮▮")}[plain][not self.playing]
        digits = len(str(self.frames))
        loop = "  loop" if self.looping else "  once"
        speed = "" if self.speed == 1 else f"  {'x' if plain else '×'}{self.speed:g}"
        return (
            f"{glyph:<2} {'playing' if self.playing else 'paused':<7} {self.frame + 1:>{digits}}/{self.frames}"
            f"  {self.frame / self.fps:.2f} s  {self.fps:g} fps{speed}{loop}"
        )
