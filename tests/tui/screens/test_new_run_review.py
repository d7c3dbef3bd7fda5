"""The review of a form: changes, notices, the command, and a dry run with its progress and its errors."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

import slt_tui.launch
from slt_tui import messages
from slt_tui.dry_run import DryRun, DryRunError, Report
from slt_tui.form.paste import read_pasted
from slt_tui.messages import Problem
from slt_tui.screens.new_run.review import ReviewScreen

REPORT: Report = {
    "device": "cpu",
    "precision": "float32",
    "threads": 2,
    "clips": {"train": 2259, "val": 200},
    "vocabulary": {"tokens": 286, "glosses": 28},
    "parameters": {
        "encoder": {"total": 363904, "trainable": 100},
        "all": {"total": 363904, "trainable": 100},
    },
    "batch": {"clips": 16, "frames": 120, "shapes": {"keypoints": [16, 120, 48, 3]}},
    "usual_batch": {"clips": 16, "frames": 62, "shapes": {}},
    "memory": {"of": "gpu", "peak_bytes": 8_000_000_000, "total_bytes": 80_000_000_000},
    "loss": None,
    "step": {"first_s": 0.25, "median_s": 0.08, "data_s": 0.004},
    "steps_per_epoch": 142,
    "steps": 1420,
    "epochs": 10,
    "epoch_s": 11.0,
    "run_s": 114.0,
    "warnings": ["train: 3 clips are long"],
    "notes": [],
}


class Reviews(App[None]):
    """The screen over another, and what it asks for."""

    CSS_PATH = Path(slt_tui.launch.__file__).with_name("app.tcss")

    def __init__(self, line: str) -> None:
        super().__init__()
        self.review = ReviewScreen(read_pasted(line).state)
        self.asked: list[Message] = []

    def on_mount(self) -> None:
        self.push_screen(self.review)

    def post_message(self, message: Message) -> bool:
        if type(message).__module__ == messages.__name__:
            self.asked.append(message)
        return super().post_message(message)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set's files in the current directory."""
    monkeypatch.chdir(tmp_path)
    Path("k").mkdir()
    for name in ("g", "m", "t", "v"):
        Path(name).touch()


SOUND = (
    "slt train --decoder-preset demo --work-dir w --keypoints-dir k --gloss-csv g --metadata-csv m "
    "--train-index t --val-index v --scheduler-gamma 0.3"
)


@asynccontextmanager
async def review(
    line: str = SOUND, *, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], ReviewScreen, list[Message]]]:
    app = Reviews(line)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot, app.review, app.asked


def said(screen: ReviewScreen, where: str) -> str:
    return str(screen.query_one(where, Static).content)


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError("waited in vain")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_it_shows_changes_notices_and_the_command(size: tuple[int, int]) -> None:
    async with review(size=size) as (_, screen, __):
        assert said(screen, "#changes").startswith("7 changes to preset demo\n  data.work_dir")
        assert "optim.scheduler_gamma: has no effect" in said(screen, "#notices")
        assert said(screen, "#command").splitlines()[:2] == ["slt train \\", "  --decoder-preset demo \\"]
        assert not screen.query_one("#problems").display


async def test_a_command_that_was_changed_in_nothing_says_so() -> None:
    async with review("slt train") as (_, screen, __):
        assert "none: it runs as it is" in said(screen, "#changes")
        assert "4 problems to mend first" in said(screen, "#problems")


async def test_a_dry_run_tells_what_it_does_and_then_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = threading.Event()

    def report(_: DryRun, tell: Callable[[str], None]) -> Report:
        tell("opening the data")
        tell("a step over the largest batch")
        may_end.wait(10)
        return REPORT

    monkeypatch.setattr(DryRun, "report", report)
    async with review() as (pilot, screen, _):
        await pilot.press("d", "d")
        await until(pilot, lambda: len(screen.told) == 2)
        assert "✔ opening the data\n  ▶ a step over the largest batch" in said(screen, "#dry")
        may_end.set()
        await until(pilot, lambda: not screen.is_trying)
        told = said(screen, "#dry")
        assert "parameters     363,904, 100 of them trained" in told
        assert "memory         8.0 GB, 10 % of the GPU's 80 GB" in told
        assert "time per step  80 ms over 16 clips of 62 frames" in told
        assert "warning        train: 3 clips are long" in told


async def test_what_stops_a_dry_run_is_told_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def report(_: DryRun, __: Callable[[str], None]) -> Report:
        raise DryRunError(["k: holds no clip", "g: is empty"], 1)

    monkeypatch.setattr(DryRun, "report", report)
    async with review() as (pilot, screen, _):
        await pilot.press("d")
        await until(pilot, lambda: screen.failure)
        assert said(screen, "#dry") == "2 problems to mend first\n  ✘ k: holds no clip\n  ✘ g: is empty"


async def test_nothing_is_tried_or_launched_while_something_is_wrong() -> None:
    async with review(f"{SOUND} --lr x") as (pilot, screen, asked):
        await pilot.press("d", "ctrl+s")
        await pilot.pause()
        assert not screen.is_trying
        problems = [one.lines for one in asked if isinstance(one, Problem)]
        assert problems == [["--lr: optim.lr: must be a number, not 'x'"]] * 2


async def test_leaving_ends_a_dry_run(monkeypatch: pytest.MonkeyPatch) -> None:
    cancelled = threading.Event()

    def report(_: DryRun, __: Callable[[str], None]) -> Report:
        cancelled.wait(10)
        raise DryRunError(["ended"], 1)

    monkeypatch.setattr(DryRun, "report", report)
    monkeypatch.setattr(DryRun, "cancel", lambda _: cancelled.set())
    async with review() as (pilot, screen, _):
        await pilot.press("d")
        await until(pilot, lambda: screen.is_trying)
        await pilot.app.pop_screen()
        await until(pilot, cancelled.is_set)


async def test_keys_scroll_what_does_not_fit() -> None:
    async with review(size=(80, 12)) as (pilot, screen, _):
        view = screen.query_one("#review")
        seen = []
        for key in ("j", "G", "k", "g", "pagedown"):
            await pilot.press(key)
            await pilot.pause()
            seen.append(view.scroll_offset.y)
        assert (seen[0], seen[3], seen[4] > 1) == (1, 0, True)
        assert seen[1] == view.max_scroll_y == seen[2] + 1


async def test_the_command_is_copied() -> None:
    async with review() as (pilot, _, __):
        await pilot.press("y")
        assert pilot.app.clipboard.startswith("slt train --decoder-preset demo --work-dir w")
