"""follow: a run of our own until it ends, Ctrl-C stops it; watch: anybody's, Ctrl-C ends the watching."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType

from slt_engine.run.directory import RunDir
from slt_engine.run.standing import Standing
from slt_engine.run.stopping import kill_run, signal_trainer
from slt_tui.cli.output import talk
from slt_tui.cli.progress.screen import Screen, open_screen
from slt_tui.cli.progress.sentences import last_word
from slt_tui.progress import Progress
from slt_tui.watch import RunWatcher

POLL_S = 0.25
EARLIER_EPOCHS = 5  # that are shown of a run which was resumed, or watched late
FAILED = 1

_RUNGS = (
    (signal.SIGINT, "stopping: finishing the step and saving last.pt (Ctrl-C again: SIGTERM)"),
    (signal.SIGTERM, "sent SIGTERM (Ctrl-C again: SIGKILL, without a checkpoint)"),
    (signal.SIGKILL, "sending SIGKILL, as soon as no checkpoint is being written"),
)
_TERM = (signal.SIGTERM, "stopping: sent SIGTERM on")


def follow(run: RunDir) -> int:
    """Show the run until it ends; its exit code, as a shell would have seen it.

    Ctrl-C passes on SIGINT, then SIGTERM, then SIGKILL; SIGTERM is passed on. The run outlives the terminal.
    """
    ear = _Ear(run)
    talk(f"training {run.path}, log in {run.console_log}")
    with (
        ear.hearing(),
        open_screen("Ctrl-C stops with a checkpoint; closing the terminal does not stop") as screen,
    ):
        standing = _show_until_over(run, screen, on_tick=lambda: ear.pass_on(screen))
    for line in last_word(run, standing, at_our_wish=ear.times > 0):
        talk(line)
    return _exit_code(standing)


def watch(run: RunDir) -> int:
    """Show the run until it ends, and give its exit code; Ctrl-C ends the watching alone and gives 0."""
    talk(f"watching {run.path}, log in {run.console_log}")
    try:
        with open_screen("Ctrl-C ends the watching, not the run") as screen:
            standing = _show_until_over(run, screen, on_tick=lambda: None)
    except KeyboardInterrupt:
        return 0
    for line in last_word(run, standing, at_our_wish=False):
        talk(line)
    return _exit_code(standing)


def _show_until_over(run: RunDir, screen: Screen, *, on_tick: Callable[[], None]) -> Standing:
    progress, watcher = Progress(), RunWatcher(run)
    first = True
    while True:
        news = watcher.poll()
        progress.take(news)
        screen.show(progress, news.epochs[-EARLIER_EPOCHS:] if first else news.epochs)
        first = False
        if news.standing.is_over or news.standing.process is None:
            return news.standing
        on_tick()
        time.sleep(POLL_S)


class _Ear:
    """Hears SIGINT and SIGTERM, and passes them on to the trainer outside the handler."""

    def __init__(self, run: RunDir) -> None:
        self.times = 0
        self._run = run
        self._heard: list[int] = []

    @contextlib.contextmanager
    def hearing(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._hear) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def pass_on(self, screen: Screen) -> None:
        while self._heard:
            number, words = self._rung(self._heard.pop(0))
            screen.say(words)
            if number == signal.SIGKILL:
                kill_run(self._run)
            else:
                signal_trainer(self._run, number)

    def _rung(self, heard: int) -> tuple[signal.Signals, str]:
        """Every Ctrl-C asks for more; a SIGTERM, which batch systems send again and again, does not."""
        self.times += 1
        return _TERM if heard == signal.SIGTERM else _RUNGS[min(self.times, len(_RUNGS)) - 1]

    def _hear(self, number: int, _: FrameType | None) -> None:
        self._heard.append(number)


def _exit_code(standing: Standing) -> int:
    if standing.exit_code is not None:
        return standing.exit_code
    return 0 if standing.state == "finished" else FAILED
