"""RunHead: progress and pace of a run, its latest and best numbers, its alerts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from slt_engine.run.standing import Standing
from slt_tui.alerts import Alert
from slt_tui.live_run import LiveRun
from slt_tui.readable import LOOKS, clock, finite, number, score, title
from slt_tui.screens.base import is_plain
from slt_tui.widgets.painted import Painted, Piece

_IDLE_S = 20.0  # without a step: validation or a checkpoint, most often
_LEAST_BAR, _MOST_BAR = 8, 60
# The theme's variables that the list of runs has for states, too.
_COLOURS = {
    "starting": "primary",
    "running": "success",
    "stopping": "warning",
    "finished": "primary",
    "stopped": "warning",
    "failed": "error",
    "lost": "error",
}


class RunHead(Painted):
    """Shows a LiveRun; what counts the seconds is drawn anew once in one of them, and only while it runs."""

    PREFIX = "head"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"head--{look}" for look in ("muted", "strong", "done", "left", "alert", "best")
    }
    DEFAULT_CSS = """
    RunHead {
        height: 2;
        &.-alert { height: 3; }
        & > .head--muted { color: $foreground 60%; }
        & > .head--strong { text-style: bold; }
        & > .head--done { color: $success; }
        & > .head--left { color: $foreground 30%; }
        & > .head--best { color: $primary; }
        & > .head--alert { color: $warning; }
    }
    """

    def __init__(self, live: LiveRun, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        self._live = live
        self._lines: list[list[Piece]] = []
        self._second = 0
        self.says_it_reads = False
        super().__init__(id=id)

    def take_changes(self) -> None:
        """Show what is known now."""
        self._second = int(time.time())
        live = self._live
        self.says_it_reads = live.is_behind
        self.set_class(bool(live.alerts), "-alert")
        self._lines = [self._progress_line(), self._numbers_line()]
        if live.alerts:
            self._lines.append(self._alert_line(live.alerts))
        self.repaint()

    def take_time(self) -> None:
        """Let the clock go on, where the run does."""
        if (
            self._live.standing.process
            and not self._live.standing.is_over
            and int(time.time()) != self._second
        ):
            self.take_changes()

    def on_resize(self) -> None:
        self.take_changes()
        self.refresh()

    def pieces_of(self, y: int) -> Sequence[Piece]:
        return self._lines[y] if y < len(self._lines) else []

    def _progress_line(self) -> list[Piece]:
        live, progress, now = self._live, self._live.progress, time.time()
        if live.is_gone:
            return [(" the directory is gone; what was read of it stays on the screen", "alert")]
        if not live.is_ours:
            return [(" numbers of another program: only the curves are known", "muted")]
        status = live.standing.status
        if status is None:
            return [(" the trainer has not said a word yet", "muted")]
        begin = f" epoch {status.epoch}/{status.epochs or '-'}  step {progress.step:,}"
        begin += f"/{progress.steps:,} " if progress.steps else " "
        end = self._times(live.standing, now)
        share = progress.share
        if share is None:
            return [(begin, "strong"), (end, "muted")]
        end = f" {100 * share:3.0f} %{end}"
        room = min(_MOST_BAR, self.size.width - len(begin) - len(end) - 1)
        return [(begin, "strong"), *_bar(share, room, plain=is_plain(self)), (end, "muted")]

    def _times(self, standing: Standing, now: float) -> str:
        """How long it took, or takes still."""
        if standing.is_over:
            took = standing.started and standing.ended and standing.ended - standing.started
            return f"   took {clock(took)}" if took else ""
        parts = []
        if (left := self._live.progress.seconds_left(now)) is not None:
            parts.append(f"   {clock(left)} left")
        if standing.started:
            parts.append(f"   {clock(now - standing.started)} so far")
        return "".join(parts)

    def _numbers_line(self) -> list[Piece]:
        progress, standing = self._live.progress, self._live.standing
        pieces: list[Piece] = [(" ", "")]
        if self._live.is_behind:
            pieces += [(f"reading {100 * self._live.series.share:.0f} %   ", "strong")]
        if progress.loss is not None:
            pieces += [("loss ", "muted"), (number(progress.loss) + "   ", "")]
        best = standing.status.best if standing.status else None
        if isinstance(best, dict) and isinstance(name := best.get("metric"), str):
            words = f"{title(name)} {score(name, best.get('value'))}"
            pieces += [("best ", "muted"), (words, "best"), (f" epoch {best.get('epoch', '-')}   ", "muted")]
        if not standing.is_over and (rate := progress.pace.steps_per_s):
            pieces += [(f"{rate:.3g} steps/s   ", "")]
            if finite(progress.samples_per_s) is not None:
                pieces += [(f"{progress.samples_per_s:.3g} samples/s   ", "muted")]
            idle_s = time.time() - progress.moment
            if idle_s > _IDLE_S:
                pieces += [(f"no step for {clock(idle_s)}", "alert")]
        return pieces

    def _alert_line(self, alerts: Sequence[Alert]) -> list[Piece]:
        more = f"   and {len(alerts) - 1} more (7)" if len(alerts) > 1 else ""
        return [(f" {'!' if is_plain(self) else '▲'} {alerts[0].kind}: {alerts[0].message}{more}", "alert")]


def state_text(live: LiveRun, *, plain: bool) -> tuple[str, str]:
    """The run's state as glyph, word and what is to be said of it; and the theme's variable with its colour."""
    if live.is_gone:
        return ("x gone" if plain else "✘ gone"), "error"
    if not live.is_ours:
        return "", "foreground"
    standing = live.standing
    look = LOOKS[standing.state]
    words = f"{look.ascii if plain else look.glyph} {standing.state}"
    if live.stop_asked and standing.state in ("starting", "running"):
        return f"{words}, asked to stop", _COLOURS.get(standing.state, "foreground")
    words += f": {standing.message}" if standing.message else ""
    return words, _COLOURS.get(standing.state, "foreground")


def _bar(share: float, width: int, *, plain: bool) -> list[Piece]:
    if width < _LEAST_BAR:
        return []
    done = round(share * width)
    full, empty = ("#", ".") if plain else ("━", "─")
    return [(full * done, "done"), (empty * (width - done), "left")]
