"""A clip's frame on a page of cells: the figure, below it which frames have which part, and the time."""

from __future__ import annotations

from slt_tui.clip_reading.bones import PARTS
from slt_tui.clip_reading.frames import ClipFrames
from slt_tui.skeleton.picture import Easel, Stage
from slt_tui.skeleton.strips import column_of, frame_of, presence_row

Run = tuple[str, str]
"""Text and its look: one of PARTS, "muted", "bright", or "" for plain text."""

NAMES = {"body": "body", "face": "face", "hand_l": "left", "hand_r": "right"}
_LABEL, _SHARE = 6, 6
_ROWS_WITH_STRIPS, _ROWS_WITH_TIME = 14, 5


class ClipView:
    """The rows of a clip's frames in ``width`` x ``height`` cells; ``lettered`` puts an L and an R on the hands."""

    def __init__(
        self, clip: ClipFrames, *, width: int, height: int, plain: bool = False, lettered: bool = False
    ) -> None:
        self._clip, self._width, self._plain = clip, width, plain
        self._bar = max(1, width - _LABEL - _SHARE)
        strips = [part for part in PARTS if part in clip.present] if height >= _ROWS_WITH_STRIPS else []
        self._strips = [self._strip(part) for part in strips]
        self.time_row = height - 2 - len(strips) if height >= _ROWS_WITH_TIME else None
        self._easel = Easel(
            bones=clip.bones,
            stage=Stage.of(clip.points_FJ2, clip.found_FJ, clip.bones, clip.aspect),
            aspect=clip.aspect,
            columns=width,
            rows=max(0, self.time_row if self.time_row is not None else height - 1),
            plain=plain,
        )
        self._draw = self._easel.draw_lettered if lettered else self._easel.draw

    def rows(self, frame: int, status: str) -> list[list[Run]]:
        """Every row of a frame; ``status`` is the last one."""
        clip = self._clip
        picture = self._draw(clip.points_FJ2[frame], clip.found_FJ[frame])
        below = [] if self.time_row is None else [self._time(frame), *self._strips]
        return [*picture.rows(), *below, [(status[: self._width].ljust(self._width), "")]]

    def frame_at(self, column: int) -> int:
        """The frame whose place on the time row a column is."""
        return frame_of(min(column - _LABEL, self._bar - 1), self._clip.frames, self._bar)

    def _strip(self, part: str) -> list[Run]:
        row = presence_row(self._clip.present[part], self._bar, plain=self._plain)
        share = f"{100 * self._clip.share(part):.0f} %"
        return [(f"{NAMES[part]:<{_LABEL}}{row}", part), (f"{share:>{_SHARE}}", "muted")]

    def _time(self, frame: int) -> list[Run]:
        at = column_of(frame, self._clip.frames, self._bar)
        line, head = ("-", "@") if self._plain else ("─", "●")
        seconds = f"{self._clip.frames / self._clip.fps:.1f} s"
        return [
            (" " * _LABEL + line * at, "muted"),
            (head, "bright"),
            (line * (self._bar - at - 1) + f"{seconds:>{_SHARE}}", "muted"),
        ]
