"""The run screen over real directories and real trainers: what it shows, when, and what it asks for."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, Static

from slt_engine.run.directory import RunDir
from slt_engine.run.files import replace_json
from slt_engine.run.journal import Journal
from slt_engine.run.status import write_status
from slt_engine.run.stopping import kill_run
from slt_tui import messages
from slt_tui.app import Workbench
from slt_tui.messages import (
    CompareAsked,
    DataOpened,
    KillAsked,
    NewRunAsked,
    Problem,
    ResumeAsked,
    StopAsked,
    TagAsked,
)
from slt_tui.screens.dialogs import ChooseDialog, PathDialog
from slt_tui.screens.run import RunScreen
from slt_tui.screens.run.file_screen import FileScreen
from slt_tui.screens.run.panels import NAMES
from slt_tui.widgets.curves import Curves
from slt_tui.widgets.log_view import LogPanel
from slt_tui.widgets.painted import Painted
from slt_tui.widgets.row_list import LineList, RowList
from slt_tui.widgets.settings_view import SettingsView
from slt_tui.widgets.translations import Translations
from tests.support.fake_runs import (
    ALIVE,
    NOBODY,
    finished_run,
    has_stepped,
    killed_run,
    made,
    start_fake,
    status_by,
    use_fake_trainer,
)
from tests.support.real_config import real_document
from tests.support.runs import wait_for

WIDE = (160, 45)
LONG = ("--epochs", "3", "--steps", "100000", "--step-s", "0.02")


class Alone(App[None]):
    """The screen, and what it asks for."""

    def __init__(self, path: Path, *, plain: bool = False) -> None:
        super().__init__()
        self.path, self.plain = path, plain
        self.asked: list[Message] = []

    def on_mount(self) -> None:
        self.push_screen(RunScreen(self.path))

    def post_message(self, message: Message) -> bool:
        if type(message).__module__ == messages.__name__:
            self.asked.append(message)
        return super().post_message(message)


@asynccontextmanager
async def shown(
    path: Path, *, size: tuple[int, int] = (80, 24), plain: bool = False
) -> AsyncIterator[tuple[Pilot[None], RunScreen, list[Message]]]:
    """The screen, once it has read what is there."""
    app = Alone(path, plain=plain)
    async with app.run_test(size=size) as pilot:
        screen = app.screen
        assert isinstance(screen, RunScreen)
        await until(pilot, lambda: not screen.live.is_behind and screen.view in screen._ready)
        await pilot.pause()
        yield pilot, screen, app.asked


async def until(pilot: Pilot[None], condition: Callable[[], object], *, timeout_s: float = 20.0) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, f"waited {timeout_s} s in vain"
        await pilot.pause(0.02)


def heading(screen: RunScreen) -> str:
    return str(screen.query_one("#heading", Static).content)


def text_of(widget: Widget) -> str:
    """What a widget that is drawn by line shows."""
    assert isinstance(widget, Painted)
    return "\n".join(widget.render_line(y).text.rstrip() for y in range(widget.size.height))


def visible(screen: RunScreen) -> list[str]:
    return [str(widget.id) for widget in screen.query("#views > *") if widget.display]


@pytest.fixture
def done(tmp_path: Path) -> RunDir:
    """A finished run with everything that a run can have."""
    run = finished_run(tmp_path / "done", age_s=60)
    config = {
        "data": {"batch_size": 8, "pose_dir": "pose"},
        "overrides": [{"key": "data.batch_size", "default": 4, "value": 8, "source": "--batch-size"}],
        "about": {"command": "slt train --batch-size 8", "version": "0.1.0", "host": "box"},
    }
    run.config.write_text(json.dumps(config))
    events = Journal(run.events)
    for epoch, words in ((1, "el gato duerme"), (2, "el perro ladra mucho")):
        for clip, reference in (("c1", "el perro ladra"), ("c2", "hola")):
            row = {
                "kind": "sample",
                "clip_id": clip,
                "reference": reference,
                "hypothesis": words,
                "epoch": epoch,
            }
            events.append(row)
    events.append({"kind": "checkpoint", "path": "last.pt", "epoch": 2, "step": 20, "time": time.time()})
    events.append(
        {"kind": "warning", "message": "a clip is silent", "epoch": 1, "step": 3, "time": time.time()}
    )
    gpu = {
        "index": 0,
        "name": "H100",
        "utilisation": 83.0,
        "memory_used_bytes": 4e10,
        "memory_total_bytes": 8e10,
    }
    host = {"cpu_percent": 20.0, "memory_used_bytes": 1e10, "memory_total_bytes": 1e11}
    Journal(run.system).append({"time": 10.0, "gpus": [gpu], "process": {"cpu_percent": 150.0}, "host": host})
    run.console_log.write_text("begin\nTraceback (most recent call last):\n")
    run.last.write_bytes(b"x" * 2000)
    return run


# What it shows.


async def test_the_head_says_where_the_run_stands(done: RunDir) -> None:
    async with shown(done.path) as (_, screen, _):
        assert "done  ✔ finished" in heading(screen)
        head = text_of(screen.head)
        assert "epoch 2/4  step 15/40" in head
        assert "best CER 12.5 % epoch 4" in head
        assert "took 1:30" in head


async def test_keys_tab_and_mouse_lead_to_every_view(done: RunDir) -> None:
    async with shown(done.path) as (pilot, screen, _):
        for place, name in enumerate(NAMES, 1):
            await pilot.press(str(place))
            await until(pilot, lambda name=name: name in screen._ready)
            assert visible(screen) == [name]
        await pilot.press("tab")
        assert visible(screen) == ["curves"]
        await pilot.press("shift+tab")
        assert visible(screen) == ["events"]
        await pilot.click("#tabs", offset=(14, 0))
        assert visible(screen) == ["translations"]


async def test_a_wide_screen_has_translations_or_the_log_beside_the_curves(done: RunDir) -> None:
    async with shown(done.path, size=WIDE) as (pilot, screen, _):
        assert visible(screen) == ["curves", "translations"]
        await pilot.press("tab")
        await pilot.pause()
        assert screen.panel("translations").has_focus_within
        await pilot.press("b")
        await pilot.pause()
        assert visible(screen) == ["curves", "log"]
        await pilot.press("b")
        await pilot.pause()
        assert visible(screen) == ["curves"]
        await pilot.resize_terminal(80, 24)
        await pilot.press("b")
        await pilot.pause()
        assert visible(screen) == ["curves"]


async def test_curves_have_the_keys_when_the_screen_opens(done: RunDir) -> None:
    async with shown(done.path) as (pilot, screen, _):
        curves = screen.query_one(Curves)
        await until(pilot, lambda: curves.has_focus_within)
        before = curves.metric
        await pilot.press("right_square_bracket")
        assert curves.metric != before


async def test_translations_of_a_clip_come_latest_first_with_differences_marked(done: RunDir) -> None:
    async with shown(done.path) as (pilot, screen, _):
        await pilot.press("2")
        await until(pilot, lambda: "translations" in screen._ready)
        translations = screen.query_one(Translations)
        history = translations.query_one("#history", LineList)
        lines = [line for line in text_of(history).split("\n") if line.strip()]
        assert [line.split()[0] for line in lines] == ["reference", "2", "1"]
        assert "el perro ladra mucho" in lines[1]
        assert ("mucho", "wrong") in history.lines[2]
        await pilot.press("j")
        assert translations.clip_id == "c2"
        assert "hola" in text_of(history)


async def test_a_clip_whose_files_are_not_there_is_said(done: RunDir) -> None:
    async with shown(done.path) as (pilot, screen, _):
        await pilot.press("2", "p")
        await until(pilot, lambda: "no clip to show" in text_of(screen.query_one(Translations).player))


async def test_the_system_shows_gpu_trainer_and_host(done: RunDir) -> None:
    async with shown(done.path) as (pilot, screen, _):
        await pilot.press("3")
        await until(pilot, lambda: "GPU 0  H100" in text_of(screen.panel("system")))
        words = text_of(screen.panel("system"))
        assert "83 %" in words
        assert "40 GB of 80 GB" in words
        assert "150 % of a core" in words


async def test_the_log_opens_where_it_ends(done: RunDir) -> None:
    async with shown(done.path) as (pilot, screen, _):
        await pilot.press("4")
        await until(pilot, lambda: "log" in screen._ready)
        assert "Traceback" in text_of(screen.query_one(LogPanel).view)


async def test_settings_show_what_was_changed_and_all_by_a_key(done: RunDir) -> None:
    async with shown(done.path) as (pilot, screen, _):
        await pilot.press("5")
        await until(pilot, lambda: "settings" in screen._ready)
        settings = screen.query_one(SettingsView)
        words = text_of(settings.query_one(RowList))
        assert "data.batch_size  8  --batch-size" in words
        assert "slt train --batch-size 8" in words
        assert "pose_dir" not in words
        await pilot.press("a")
        assert "data.pose_dir" in text_of(settings.query_one(RowList))
        await pilot.press("slash", *"batch", "enter")
        assert "pose_dir" not in text_of(settings.query_one(RowList))
        await pilot.press("escape")
        assert not settings.query_one(Input).has_class("-open")
        assert "data.pose_dir" in text_of(settings.query_one(RowList))


async def test_what_a_resume_changed_is_told(done: RunDir) -> None:
    done.archive_config({"data": {"batch_size": 16, "pose_dir": "pose"}})
    async with shown(done.path) as (pilot, screen, _):
        await pilot.press("5")
        await until(
            pilot,
            lambda: "1. resume  data.batch_size  8 → 16" in text_of(screen.query_one("#settings RowList")),
        )


async def test_files_are_listed_and_text_is_opened(done: RunDir) -> None:
    async with shown(done.path) as (pilot, screen, asked):
        await pilot.press("6")
        await until(pilot, lambda: "config.json" in text_of(screen.panel("files")))
        assert "epoch 2, step 20" in text_of(screen.panel("files"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FileScreen))
        await pilot.pause()
        assert '"batch_size": 8' in text_of(pilot.app.screen.query_one(LogPanel).view)
        await pilot.press("escape")
        assert pilot.app.screen is screen
        files = screen.panel("files")
        assert isinstance(files, RowList)
        while files.key != "last.pt":
            await pilot.press("j")
        await pilot.press("enter")
        await until(pilot, lambda: any(isinstance(message, Problem) for message in asked))


async def test_alerts_and_events_stand_in_one_view_and_alerts_in_the_head(tmp_path: Path) -> None:
    run = killed_run(tmp_path / "killed")
    Journal(run.events).append({"kind": "warning", "message": "a clip is silent", "epoch": 1, "step": 3})
    async with shown(run.path) as (pilot, screen, _):
        await until(pilot, lambda: screen.live.alerts)
        await pilot.pause()
        assert "killed by SIGKILL" in text_of(screen.head)
        await pilot.press("7")
        await until(pilot, lambda: "events" in screen._ready)
        words = text_of(screen.panel("events"))
        assert "died" in words
        assert "a clip is silent" in words


async def test_only_ascii_is_drawn_in_plain_mode(done: RunDir) -> None:
    async with shown(done.path, plain=True) as (pilot, screen, _):
        assert "* finished" in heading(screen)
        for key in "1234567":
            await pilot.press(key)
            await pilot.pause(0.05)
        for widget in screen.query("*").filter("LineList, RunHead, ViewTabs"):
            assert text_of(widget).replace("│", "").replace("┃", "").isascii(), widget


async def test_other_programs_directories_and_files_open(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text('{"step": 1, "loss": 2.0}\n{"step": 2, "loss": 1.0}\n')
    state = tmp_path / "trainer_state.json"
    state.write_text(json.dumps({"log_history": [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.0}]}))
    for path in (tmp_path, state):
        async with shown(path) as (pilot, screen, asked):
            assert "another program" in text_of(screen.head)
            assert screen.query_one(Curves).metrics == ["loss"]
            await pilot.press(*"234567", "x", "K", "r", "T", "C")
            assert asked == []


async def test_a_directory_that_vanishes_is_said_and_nothing_breaks(done: RunDir) -> None:
    async with shown(done.path) as (pilot, screen, _):
        shutil.rmtree(done.path)
        await until(pilot, lambda: "gone" in heading(screen))
        assert "the directory is gone" in text_of(screen.head)
        await pilot.press(*"234567", *"1")
        await pilot.pause(0.3)
        assert screen.is_current


async def test_nothing_is_drawn_while_nothing_changes(done: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown(done.path, size=WIDE) as (pilot, _, _):
        await pilot.pause(2.5)  # alerts are looked for now and then
        drawn: list[Widget] = []
        refresh = Widget.refresh

        def seen(self: Widget, *regions: object, **how: object) -> Widget:
            drawn.append(self)
            return refresh(self, *regions, **how)  # type: ignore[arg-type]

        monkeypatch.setattr(Widget, "refresh", seen)
        await pilot.pause(1.0)
        assert drawn == []


# What it asks for.


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("r", ResumeAsked),
        ("C", NewRunAsked),
        ("c", CompareAsked),
        ("T", TagAsked),
        ("D", DataOpened),
    ],
)
async def test_a_run_that_is_over_can_be_gone_on_with(done: RunDir, key: str, kind: type[Message]) -> None:
    async with shown(done.path) as (pilot, _, asked):
        await pilot.press("7", key)
        await pilot.pause()
        assert [type(message) for message in asked] == [kind]
        message = asked[0]
        if isinstance(message, NewRunAsked):
            assert message.origin.run == done.path
        if isinstance(message, CompareAsked | TagAsked):
            assert message.paths == [done.path]


@pytest.mark.parametrize("key", ["x", "K"])
async def test_a_run_that_is_over_is_neither_stopped_nor_killed(done: RunDir, key: str) -> None:
    async with shown(done.path) as (pilot, _, asked):
        await pilot.press(key)
        assert asked == []


@pytest.mark.parametrize(("key", "kind"), [("x", StopAsked), ("K", KillAsked)])
async def test_a_run_at_work_can_be_stopped_and_killed_but_not_resumed(
    tmp_path: Path, key: str, kind: type[Message]
) -> None:
    run = made(tmp_path / "run")
    write_status(run, status_by(ALIVE))
    async with shown(run.path) as (pilot, _, asked):
        await pilot.press("7", "r", key)
        await pilot.pause()
        assert [type(message) for message in asked] == [kind]


async def test_the_clips_of_the_chosen_translation_are_opened(done: RunDir) -> None:
    async with shown(done.path) as (pilot, screen, asked):
        await pilot.press("2")
        await until(pilot, lambda: "translations" in screen._ready)
        await pilot.press("j", "D")
        await pilot.pause()
        (message,) = asked
        assert isinstance(message, DataOpened)
        assert (message.source, message.clip_id) == (done.path, "c2")


async def test_the_path_is_copied(done: RunDir) -> None:
    async with shown(done.path) as (pilot, _, _):
        await pilot.press("y")
        assert pilot.app.clipboard == str(done.path.absolute())


async def test_a_metric_is_chosen_among_all(done: RunDir) -> None:
    async with shown(done.path) as (pilot, screen, _):
        await until(pilot, lambda: screen.query_one(Curves).has_focus_within)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseDialog))
        await pilot.press(*"cer", "enter")
        await until(pilot, lambda: screen.query_one(Curves).metric == "cer")


async def test_a_chart_is_written_to_a_file(done: RunDir, tmp_path: Path) -> None:
    async with shown(done.path) as (pilot, screen, _):
        await until(pilot, lambda: screen.query_one(Curves).has_focus_within)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.screen, PathDialog))
        pilot.app.screen.query_one(Input).value = str(tmp_path / "loss.csv")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "loss.csv").exists())


# A real run, followed.


async def test_a_run_is_followed_stopped_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = start_fake(tmp_path / "run", *LONG)
    try:
        wait_for(lambda: has_stepped(run))
        replace_json(run.config, real_document(run.path, tmp_path / "data"))
        app = Workbench([tmp_path], path=run.path)
        async with app.run_test(size=(100, 30)) as pilot:
            await until(
                pilot, lambda: isinstance(app.screen, RunScreen) and "▶ running" in heading(app.screen)
            )
            screen = app.screen
            assert isinstance(screen, RunScreen)
            step = screen.live.progress.step
            await until(pilot, lambda: screen.live.progress.step > step + 2)
            await pilot.press("x")
            await until(pilot, lambda: "■ stopped" in heading(screen) and screen.live.standing.is_over)
            use_fake_trainer(monkeypatch, *LONG)
            await pilot.press("r")
            await until(pilot, lambda: "▶ running" in heading(screen))
            await until(pilot, lambda: len(app.command_lines) == 2)
            assert [line.split()[2] for line in app.command_lines] == ["stop", "resume"]
    finally:
        kill_run(run)


async def test_a_line_that_is_written_is_on_the_screen_soon(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    write_status(run, status_by(ALIVE))
    async with shown(run.path) as (pilot, screen, _):
        Journal(run.steps).append({"step": 16, "epoch": 2, "time": time.time() + 1, "loss": 0.4321})
        await until(pilot, lambda: "0.4321" in text_of(screen.head))
        assert screen.query_one(Curves).metrics == ["loss"]


async def test_the_footer_stays_while_a_run_moves_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = made(tmp_path / "run")
    write_status(run, status_by(ALIVE))
    async with shown(run.path) as (pilot, screen, _):
        made_anew: list[bool] = []
        monkeypatch.setattr(screen, "refresh_bindings", lambda: made_anew.append(True))
        Journal(run.steps).append({"step": 16, "epoch": 2, "time": time.time() + 1, "loss": 0.4321})
        await until(pilot, lambda: "0.4321" in text_of(screen.head))
        assert made_anew == []
        write_status(run, replace(status_by(NOBODY), state="finished"))
        await until(pilot, lambda: made_anew)
