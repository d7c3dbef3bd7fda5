"""The app does what screens ask for, and writes down the command line that does the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from slt_engine.run.notes import read_notes
from slt_engine.run.standing import standing
from slt_tui.app import Workbench
from slt_tui.messages import KillAsked, Problem, RemoveAsked, ResumeAsked, StopAsked, TagAsked
from slt_tui.preferences import preferences_file
from slt_tui.screens.command_log import CommandLog
from slt_tui.screens.dialogs import ConfirmDialog, ProblemDialog, TagDialog
from slt_tui.screens.help import HelpScreen, fitting_rows, help_rows
from slt_tui.screens.jump import JumpScreen
from slt_tui.screens.runs import RunsScreen
from tests.support.fake_runs import finished_run, has_stepped, start_fake
from tests.support.runs import wait_for


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without preferences, who stands in an empty directory."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "work_dirs").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@asynccontextmanager
async def shown(*, plain: bool = False) -> AsyncIterator[tuple[Workbench, Pilot[None]]]:
    """The app on work_dirs."""
    app = Workbench([Path("work_dirs")], plain=plain)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RunsScreen | ProblemDialog))
        yield app, pilot


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app work until ``condition`` holds."""
    for _ in range(400):
        await pilot.pause(0.025)
        if condition():
            return
    raise AssertionError("waited 10 s in vain")


async def test_help_lists_the_keys_of_the_screen_with_what_the_shell_does() -> None:
    finished_run(Path("work_dirs/first"))
    async with shown() as (app, pilot):
        await until(pilot, lambda: "runs.tag_runs" in {row.name for row in help_rows(app.screen)})
        await pilot.press("question_mark")
        screen = app.screen
        assert isinstance(screen, HelpScreen)
        assert {"runs.tag_runs", "runs.new_run", "app.quit"} <= {row.name for row in screen.rows}
        tag = next(row for row in screen.rows if row.name == "runs.tag_runs")
        assert (tag.keys, tag.command) == ("t", "slt runs tag RUN")
        assert [row.name for row in fitting_rows(screen.rows, "runs tag")] == ["runs.tag_runs"]
        await pilot.press("escape")
        assert isinstance(app.screen, RunsScreen)


async def test_the_palette_offers_the_actions_of_the_screen() -> None:
    async with shown() as (app, _):
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Runs", "New run", "Theme", "Data", "Quit"} <= titles


async def test_a_letter_goes_to_the_part_of_the_screen_that_it_stands_on() -> None:
    finished_run(Path("work_dirs/first"))
    async with shown() as (app, pilot):
        app.screen.set_focus(None)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, JumpScreen))
        letter, target = next(iter(app.screen.targets.items()))  # type: ignore[attr-defined]
        await pilot.press(letter)
        await until(pilot, lambda: app.screen.focused is target)


async def test_a_key_of_the_user_calls_the_action(home: Path) -> None:
    preferences_file().parent.mkdir(parents=True)
    preferences_file().write_text("keys: {app.help: f9}\n")
    async with shown() as (app, pilot):
        await pilot.press("f9")
        assert isinstance(app.screen, HelpScreen)
    assert home.exists()


async def test_damaged_preferences_are_said_at_the_start() -> None:
    preferences_file().parent.mkdir(parents=True)
    preferences_file().write_text("keys: [")
    async with shown() as (app, _):
        assert isinstance(app.screen, ProblemDialog)
        assert "workbench.yaml" in app.screen.lines[0]


async def test_a_theme_that_was_chosen_is_there_again() -> None:
    async with shown() as (app, pilot):
        app.theme = "slt-light"
        await pilot.pause()
    async with shown() as (app, _):
        assert app.theme == "slt-light"


async def test_a_running_run_is_stopped_and_the_command_is_written_down() -> None:
    run = start_fake(Path("work_dirs/first"), "--epochs", "100", "--step-s", "0.02")
    wait_for(lambda: has_stepped(run))
    async with shown() as (app, pilot):
        app.post_message(StopAsked([run.path]))
        await until(pilot, lambda: standing(run).is_over)
        await until(pilot, lambda: app.command_lines)
        assert app.command_lines == ["slt runs stop work_dirs/first"]
    assert standing(run).state == "stopped"


async def test_a_kill_is_asked_for_first() -> None:
    run = start_fake(Path("work_dirs/first"), "--epochs", "100", "--step-s", "0.02")
    wait_for(lambda: has_stepped(run))
    async with shown() as (app, pilot):
        app.post_message(KillAsked([run.path]))
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        assert not standing(run).is_over
        await pilot.press("y")
        await until(pilot, lambda: standing(run).is_over)
        await until(pilot, lambda: app.command_lines == ["slt runs kill work_dirs/first"])


async def test_a_run_that_was_not_confirmed_is_kept() -> None:
    run = finished_run(Path("work_dirs/first"))
    async with shown() as (app, pilot):
        app.post_message(RemoveAsked([run.path]))
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("n")
        await pilot.pause()
    assert run.path.is_dir()
    assert app.command_lines == []


async def test_a_run_is_removed_when_it_was_confirmed() -> None:
    run = finished_run(Path("work_dirs/first"))
    async with shown() as (app, pilot):
        app.post_message(RemoveAsked([run.path]))
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: app.command_lines == ["slt runs rm work_dirs/first --yes"])
    assert not run.path.exists()


async def test_tags_and_note_are_changed_in_one_dialog() -> None:
    run = finished_run(Path("work_dirs/first"))
    async with shown() as (app, pilot):
        app.post_message(TagAsked([run.path]))
        await until(pilot, lambda: isinstance(app.screen, TagDialog))
        await pilot.press(*"good", "tab", *"why", "enter")
        await until(pilot, lambda: app.command_lines)
    assert app.command_lines == ["slt runs tag work_dirs/first --add good --note why"]
    assert (tuple(read_notes(run).tags), read_notes(run).note) == (("good",), "why")


async def test_what_cannot_be_done_is_said_in_a_line() -> None:
    run = finished_run(Path("work_dirs/first"))
    async with shown() as (app, pilot):
        app.post_message(ResumeAsked(run.path))
        await until(pilot, lambda: app._notifications)
        (notice,) = app._notifications
        assert "work_dirs/first/last.pt: missing" in notice.message
        assert app.command_lines == []


async def test_several_problems_are_shown_to_be_read() -> None:
    async with shown() as (app, pilot):
        app.post_message(Problem("--lr: must be a number", "--seed: must be a whole number"))
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))


async def test_the_command_log_shows_and_copies_what_was_done() -> None:
    async with shown() as (app, pilot):
        app.log_command("slt runs stop work_dirs/first")
        app.log_command("slt runs resume work_dirs/first --detach")
        await pilot.press("ctrl+l")
        assert isinstance(app.screen, CommandLog)
        assert app.screen.query_one(OptionList).option_count == 2
        await pilot.press("y")
        assert app.clipboard == "slt runs resume work_dirs/first --detach"
        await pilot.press("ctrl+l")
        assert isinstance(app.screen, RunsScreen)


async def test_an_empty_command_log_takes_every_key() -> None:
    async with shown() as (app, pilot):
        await pilot.press("ctrl+l", "j", "k", "y")
        assert isinstance(app.screen, CommandLog)


async def test_plain_mode_draws_nothing_beyond_ascii() -> None:
    finished_run(Path("work_dirs/first"))
    async with shown(plain=True) as (app, pilot):
        await until(pilot, lambda: "first" in screen_text(app))
        assert screen_text(app).isascii()
        await pilot.press("question_mark")
        await pilot.pause()
        assert screen_text(app).isascii()
        assert isinstance(app.screen.query_one(Input), Input)


def screen_text(app: Workbench) -> str:
    """What stands on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    filters = app.get_line_filters()
    lines = []
    for strip in strips:
        segments = list(strip)
        for line_filter in filters:
            segments = line_filter.apply(segments, app.screen.background_colors[1])
        lines.append("".join(segment.text for segment in segments))
    return "\n".join(lines)
