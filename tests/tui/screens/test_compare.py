"""The comparison on the screen: every key and pane, over runs as trainers leave them."""

from __future__ import annotations

import csv
import json
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from slt_engine.run.journal import Journal
from slt_engine.run.status import write_status
from slt_tui import messages
from slt_tui.screens.compare import CompareScreen
from slt_tui.screens.compare.lines import CompareLines
from slt_tui.screens.compare.panes import PanesLine
from slt_tui.screens.dialogs import ChooseDialog, PathDialog
from tests.support.fake_runs import ALIVE, finished_run, killed_run, made, status_by
from tests.support.fake_trainer import epoch_row


class Host(App[None]):
    """The screen alone, and what it asks for."""

    def __init__(self, root: Path, paths: list[Path], *, plain: bool = False) -> None:
        super().__init__()
        self.roots, self.plain, self.paths = [root], plain, paths
        self.asked: list[Message] = []

    def on_mount(self) -> None:
        self.push_screen(CompareScreen(self.paths))

    def post_message(self, message: Message) -> bool:
        if type(message).__module__ == messages.__name__:
            self.asked.append(message)
        return super().post_message(message)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs, the second with another learning rate and a better fifth epoch, and a third one beside."""
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "runs"
    for name, lr, hypothesis in (("one", 1e-3, "gitarra"), ("two", 3e-4, "guitarra"), ("three", 1e-3, "")):
        run = finished_run(root / name)
        run.config.write_text(json.dumps({"optim": {"lr": lr, "eps": 1e-8}}))
        journal = Journal(run.events)
        for epoch in (1, 4):
            texts = {"reference": "guitarra", "hypothesis": hypothesis if epoch == 4 else "g"}
            journal.append(
                {"kind": "sample", "clip_id": "clip-1", "epoch": epoch, "step": 10 * epoch, **texts}
            )
        journal.close()
    append(root / "two" / "metrics.jsonl", {"epoch": 5, "step": 50, "val": {"cer": 0.0625, "bleu": 30.0}})
    return root


def append(path: Path, row: dict[str, object]) -> None:
    journal = Journal(path)
    journal.append(row)
    journal.close()


@asynccontextmanager
async def compared(
    root: Path, *names: str, size: tuple[int, int] = (80, 24), plain: bool = False
) -> AsyncIterator[tuple[Pilot[None], CompareScreen, list[Message]]]:
    """The screen over the runs of these names, once they are read."""
    app = Host(root, [root / name for name in names or ("one", "two")], plain=plain)
    async with app.run_test(size=size) as pilot:
        screen = app.screen
        assert isinstance(screen, CompareScreen)
        await until(pilot, lambda: not screen.comparison.is_behind)
        await pilot.pause()
        yield pilot, screen, app.asked


async def until(pilot: Pilot[None], condition: Callable[[], object], *, timeout_s: float = 10.0) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < timeout_s, f"waited {timeout_s} s in vain"
        await pilot.pause(0.01)


def text_of(screen: CompareScreen, name: str) -> list[list[str]]:
    """The words of each line of a part of the screen."""
    return [line.split() for line in lines_of(screen.query_one(f"#{name}", CompareLines))]


def lines_of(widget: CompareLines) -> list[str]:
    return ["".join(text for text, _ in line).rstrip() for line in widget.lines]


def looks_of(screen: CompareScreen, name: str, text: str) -> set[str]:
    widget = screen.query_one(f"#{name}", CompareLines)
    return {look for line in widget.lines for piece, look in line if piece.strip() == text}


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_curves_come_first_with_the_latest_values_below(root: Path, size: tuple[int, int]) -> None:
    async with compared(root, size=size) as (_, screen, _):
        assert screen.pane == "curves"
        assert screen.curves.metric == "loss"
        assert text_of(screen, "runs") == [
            ["1", "✔", "finished", "one", "(base)", "2", "✔", "finished", "two"]
        ]
        assert text_of(screen, "reading") == [["val", "loss", "last", "1", "0.625", "2", "0.625", "="]]
        shown = screen.curves.shown()
        assert [line.label for line in shown.lines] == [
            "1 one train",
            "1 one val",
            "2 two train",
            "2 two val",
        ]


async def test_at_the_crosshair_are_the_values_of_all_and_their_differences(root: Path) -> None:
    async with compared(root) as (pilot, screen, _):
        screen.curves.show_metric("cer")
        await pilot.press("G")
        await pilot.pause()
        assert text_of(screen, "reading") == [["val", "CER", "at", "step", "50", "1", "-", "2", "6.2", "%"]]
        await pilot.press("h")
        await pilot.pause()
        assert text_of(screen, "reading") == [
            ["val", "CER", "at", "step", "40", "1", "12.5", "%", "2", "12.5", "%", "="]
        ]
        await pilot.press("b")
        await pilot.pause()
        assert text_of(screen, "reading")[0][-4:] == ["=", "2", "12.5", "%"]


async def test_a_gain_is_a_sign_a_word_and_a_colour(root: Path) -> None:
    async with compared(root) as (pilot, screen, _):
        screen.curves.show_metric("cer")
        await pilot.pause()
        assert text_of(screen, "reading")[0][-4:] == ["6.2", "%", "-6.2", "better"]
        assert looks_of(screen, "reading", "-6.2 better") == {"good"}
        await pilot.press("2")
        await pilot.pause()
        assert looks_of(screen, "table", "✓") == {"good"}


async def test_the_table_holds_every_run_against_the_baseline(root: Path) -> None:
    async with compared(root) as (pilot, screen, _):
        await pilot.press("2")
        await pilot.pause()
        table = text_of(screen, "table")
        begin = table.index(["val", "CER", "last", "best", "at", "lower", "is", "better"])
        assert table[begin + 1 : begin + 3] == [
            ["1", "one", "12.5", "%", "12.5", "%", "4"],
            ["2", "two", "6.2", "%", "-6.2", "✓", "6.2", "%", "5", "-6.2", "✓"],
        ]
        await pilot.press("b")
        await pilot.pause()
        table = text_of(screen, "table")
        assert table[begin + 1] == ["1", "one", "12.5", "%", "+6.2", "✗", "12.5", "%", "4", "+6.2", "✗"]
        assert "(base)" in text_of(screen, "runs")[0][-1:]


async def test_brackets_choose_the_epoch_of_the_table(root: Path) -> None:
    async with compared(root) as (pilot, screen, _):
        await pilot.press("2", "left_square_bracket", "left_square_bracket")
        await pilot.pause()
        assert screen.epoch == 4
        assert next(line for line in text_of(screen, "table") if "CER" in line)[-2:] == ["epoch", "4"]
        await pilot.press(*["left_square_bracket"] * 9)
        assert screen.epoch == 1
        await pilot.press(*["right_square_bracket"] * 9)
        assert screen.epoch is None


async def test_only_settings_that_differ_are_shown_and_the_other_value_stands_out(root: Path) -> None:
    async with compared(root) as (pilot, screen, _):
        await pilot.press("3")
        await pilot.pause()
        assert text_of(screen, "settings") == [["1", "one", "2", "two"], ["optim.lr", "0.001", "0.0003"]]
        assert looks_of(screen, "settings", "0.0003") == {"warning strong"}
        assert looks_of(screen, "settings", "0.001") == {""}


async def test_where_no_setting_differs_it_says_so(root: Path) -> None:
    async with compared(root, "one", "three") as (pilot, screen, _):
        await pilot.press("3")
        await pilot.pause()
        assert lines_of(screen.query_one("#settings", CompareLines)) == ["No setting differs."]


async def test_translations_stand_side_by_side_with_their_differences_marked(root: Path) -> None:
    async with compared(root, "one", "two", "three") as (pilot, screen, _):
        await pilot.press("4")
        await pilot.pause()
        assert text_of(screen, "translations") == [
            ["clip-1", "guitarra"],
            ["1", "one", "4", "g[u]itarra"],
            ["2", "two", "4", "✔", "guitarra"],
            ["3", "three", "4", "(nothing)"],
        ]
        assert looks_of(screen, "translations", "[u]") == {"missing"}
        await pilot.press("left_square_bracket", "left_square_bracket")
        await pilot.pause()
        assert text_of(screen, "translations")[2] == ["2", "two", "1", "g[uitarra]"]
        assert "epoch 1" in str(screen.query_one(PanesLine).content)


async def test_panes_can_be_clicked(root: Path) -> None:
    async with compared(root) as (pilot, screen, _):
        await pilot.click(PanesLine, offset=(14, 0))
        await pilot.pause()
        assert screen.pane == "table"
        await pilot.press("1")
        await pilot.pause()
        assert screen.pane == "curves"


async def test_a_run_is_added_and_another_dropped(root: Path) -> None:
    async with compared(root) as (pilot, screen, asked):
        await pilot.press("d")
        await until(pilot, lambda: asked)
        assert isinstance(asked[0], messages.Problem)
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseDialog))
        await pilot.press(*"three", "enter")
        await until(pilot, lambda: len(screen.comparison.runs) == 3)
        await until(pilot, lambda: not screen.comparison.is_behind)
        assert [run.name for run in screen.curves.runs] == ["1 one", "2 two", "3 three"]
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseDialog))
        await pilot.press(*"one", "enter")
        await until(pilot, lambda: len(screen.comparison.runs) == 2)
        assert [run.name for run in screen.curves.runs] == ["2 two", "3 three"]
        colours = [run.colour for run in screen.curves.runs]
        assert len(set(colours)) == 2


async def test_one_of_the_runs_is_opened(root: Path) -> None:
    async with compared(root) as (pilot, _, asked):
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseDialog))
        await pilot.press(*"two", "enter")
        await until(pilot, lambda: asked)
        assert isinstance(asked[0], messages.RunOpened)
        assert asked[0].path == root / "two"


async def test_a_metric_is_chosen_among_all(root: Path) -> None:
    async with compared(root) as (pilot, screen, _):
        await pilot.press("m")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseDialog))
        await pilot.press(*"bleu", "enter")
        await until(pilot, lambda: screen.curves.metric == "bleu")


@pytest.mark.parametrize(
    ("key", "name", "command"),
    [
        ("1", "curves.csv", "--csv curves.csv"),
        ("2", "table.csv", "slt runs compare"),
        ("3", "settings.csv", "slt runs compare"),
        ("4", "translations.csv", "--translations"),
    ],
)
async def test_what_a_pane_shows_is_written_to_a_file(root: Path, key: str, name: str, command: str) -> None:
    async with compared(root) as (pilot, _, asked):
        await pilot.press(key, "w")
        await until(pilot, lambda: isinstance(pilot.app.screen, PathDialog))
        pilot.app.screen.query_one(Input).value = "notes.txt"
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, PathDialog)
        pilot.app.screen.query_one(Input).value = name
        await pilot.press("enter")
        await until(pilot, lambda: asked)
        (done,) = asked
        assert isinstance(done, messages.CommandDone)
        assert command in done.line
        with Path(name).open() as file:
            assert len(list(csv.DictReader(file))) > 0


async def test_a_run_that_grows_is_followed_in_the_pane_that_is_shown(root: Path) -> None:
    growing = made(root / "growing")
    write_status(growing, status_by(ALIVE))
    async with compared(root, "one", "growing") as (pilot, screen, _):
        await pilot.press("2")
        append(growing.metrics, epoch_row(1, 10))
        await until(
            pilot, lambda: ["2", "growing", "50.0", "%"] in [row[:4] for row in text_of(screen, "table")]
        )
        assert "running" in text_of(screen, "runs")[0]


async def test_runs_that_vanish_or_never_began_break_nothing(root: Path) -> None:
    killed_run(root / "dead")
    async with compared(root, "one", "dead", "nowhere") as (pilot, screen, _):
        shutil.rmtree(root / "one")
        for key in "1234":
            await pilot.press(key)
            await pilot.pause(0.3)
        assert text_of(screen, "translations")[0] == ["clip-1", "guitarra"]


async def test_files_of_other_programs_are_compared(root: Path) -> None:
    state = root / "mt5.trainer_state.json"
    state.write_text(json.dumps({"log_history": [{"step": 5, "epoch": 1.0, "eval_loss": 3.0}]}))
    async with compared(root, "one", state.name) as (pilot, screen, _):
        await pilot.press("2")
        await pilot.pause()
        row = next(line for line in text_of(screen, "table") if line[:1] == ["2"])
        assert "3.000" in row
        assert "foreign" in text_of(screen, "runs")[0]


async def test_without_utf_8_all_text_is_ascii(root: Path) -> None:
    async with compared(root, "one", "two", "three", plain=True) as (pilot, screen, _):
        for key, name in (("2", "table"), ("3", "settings"), ("4", "translations"), ("1", "reading")):
            await pilot.press(key)
            await pilot.pause()
            assert "".join(lines_of(screen.query_one(f"#{name}", CompareLines))).isascii()
        assert "".join(lines_of(screen.query_one("#runs", CompareLines))).isascii()


async def test_eight_runs_fit_and_more_are_told(root: Path) -> None:
    names = [f"run-{number}" for number in range(10)]
    for name in names:
        finished_run(root / name)
    async with compared(root, *names) as (pilot, screen, _):
        assert len(screen.comparison.runs) == 8
        await pilot.press("2")
        await pilot.pause()
        assert {line[0] for line in text_of(screen, "table") if line} >= set("12345678")


@pytest.mark.parametrize("key", ["1", "2", "3", "4"])
async def test_nothing_is_painted_while_nothing_changes(
    root: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    async with compared(root) as (pilot, _, _):
        await pilot.press(key)
        await pilot.pause(0.3)
        painted: list[Widget] = []
        real = Widget.refresh

        def refresh(self: Widget, *regions: object, **options: object) -> Widget:
            painted.append(self)
            return real(self, *regions, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(Widget, "refresh", refresh)
        await pilot.pause(0.7)
        assert painted == []


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_all_of_eight_runs_are_named_and_the_curves_keep_their_room(
    root: Path, size: tuple[int, int]
) -> None:
    names = [f"run-{number}" for number in range(8)]
    for name in names:
        finished_run(root / name)
    async with compared(root, *names, size=size) as (pilot, screen, _):
        words = " ".join(lines_of(screen.query_one("#runs", CompareLines)))
        assert all(f"finished {name}" in words for name in names)
        assert screen.query_one("#runs").size.height <= 3
        assert screen.curves.size.height >= size[1] - 10
        await pilot.press("h")
        await pilot.pause()
        assert {word for line in text_of(screen, "reading") for word in line} >= set("12345678")
